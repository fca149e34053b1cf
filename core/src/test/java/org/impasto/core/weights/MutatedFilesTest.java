package org.impasto.core.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.impasto.core.WeightException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Valid files, damaged at random in many ways: each is read or refused by one clear error, and never costs much memory.
 * {@code -Dimpasto.seed=N} tries other damage.
 */
class MutatedFilesTest {
    private static final long SEED = Long.getLong("impasto.seed", 20);
    private static final int MUTATIONS = 13_000;
    // An expanded tensor may have a million elements more than the file has bytes for; it is read as floats and
    // doubles.
    private static final long MAX_ALLOCATION = 40L << 20;
    private static final long[] EDGES = {
        0,
        1,
        -1,
        2,
        127,
        128,
        255,
        256,
        32767,
        65535,
        65536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xffffffffL,
        1L << 32,
        1L << 40,
        1L << 62,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        100_000_000,
        100_000_001
    };

    @TestFactory
    List<DynamicTest> damagedFilesAreReadOrRefused() {
        byte[] index = ("{\"metadata\": {\"total_size\": 48}, \"weight_map\":"
                        + " {\"weight\": \"one.safetensors\", \"mask\": \"two.safetensors\"}}")
                .getBytes(StandardCharsets.UTF_8);
        return List.of(
                test("safetensors", Fixtures.safetensors(), Fixtures::open),
                test("PyTorch zip", Fixtures.torchZip(), Fixtures::open),
                test("older PyTorch", Fixtures.legacy(), Fixtures::open),
                test("npy", Fixtures.npy(), Fixtures::open),
                test("npz", Fixtures.npz(), Fixtures::open),
                test(
                        "pickle in a sound zip",
                        Fixtures.checkpoint(),
                        pickle -> Fixtures.open(Fixtures.torchZip(pickle, Fixtures.floats(Fixtures.WEIGHT)))),
                test(
                        "header of safetensors",
                        header(),
                        text -> Fixtures.open(Fixtures.join(Fixtures.int64(text.length), text, new byte[34]))),
                test("index of shards", index, MutatedFilesTest::openIndex));
    }

    private static byte[] header() {
        byte[] file = Fixtures.safetensors();
        return java.util.Arrays.copyOfRange(file, 8, file.length - 34);
    }

    private static WeightFile openIndex(byte[] index) {
        return new WeightFile(
                Path.of("fixture"),
                ShardIndex.read(new MemoryBytes("fixture", index), shard -> {
                    // What a file name could be is checked before it is used.
                    assertThat(shard).doesNotContain("/", "\\", "\0").isNotIn("", ".", "..");
                    return new MemoryBytes(shard, Fixtures.safetensors());
                }),
                List.of());
    }

    private static DynamicTest test(String kind, byte[] valid, Function<byte[], WeightFile> open) {
        // On a thread of its own the stack is short, and so the many stack traces are cheap.
        return DynamicTest.dynamicTest(kind, () -> {
            Throwable[] failure = new Throwable[1];
            Thread thread = new Thread(() -> damageManyTimes(kind, valid, open), kind);
            thread.setUncaughtExceptionHandler((where, thrown) -> failure[0] = thrown);
            thread.start();
            thread.join();
            if (failure[0] != null) {
                throw failure[0];
            }
        });
    }

    private static void damageManyTimes(String kind, byte[] valid, Function<byte[], WeightFile> open) {
        readAll(open.apply(valid));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int[] outcomes = new int[2];
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] damaged = damage(valid, new Random(SEED * 1_000_003 + i));
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                readAll(open.apply(damaged));
                outcomes[0]++;
            } catch (WeightException refused) {
                assertThat(refused.getMessage()).isNotEmpty().hasSizeLessThan(2500);
                outcomes[1]++;
            } catch (RuntimeException | Error unexpected) {
                throw new AssertionError(
                        kind + ", seed " + SEED + ", mutation " + i + ": "
                                + HexFormat.of().formatHex(damaged),
                        unexpected);
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as("bytes allocated for %s, seed %d, mutation %d", kind, SEED, i)
                    .isLessThan(MAX_ALLOCATION);
        }
        // Both happen often; otherwise the damage tests nothing.
        assertThat(outcomes[0]).as("files read").isGreaterThan(MUTATIONS / 200);
        assertThat(outcomes[1]).as("files refused").isGreaterThan(MUTATIONS / 5);
    }

    private static void readAll(WeightFile file) {
        for (String name : file.names()) {
            long elements = file.spec(name).shape().elements();
            assertThat((long) file.readFloats(name).length).isEqualTo(elements);
            assertThat((long) file.readDoubles(name).length).isEqualTo(elements);
            if (!file.spec(name).type().isFloating()) {
                file.readLongs(name);
            }
        }
        for (Map.Entry<String, Object> value : file.values().entrySet()) {
            assertThat(value.getValue()).isNotNull();
        }
        file.metadata().forEach((key, text) -> assertThat(text).isNotNull());
    }

    private static byte[] damage(byte[] valid, Random random) {
        byte[] bytes = valid.clone();
        int times = 1 + (random.nextInt(4) == 0 ? random.nextInt(6) : 0);
        for (int i = 0; i < times && bytes.length > 0; i++) {
            bytes = damageOnce(bytes, random);
        }
        return bytes;
    }

    private static byte[] damageOnce(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(9)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> bytes[at] = bytes[random.nextInt(bytes.length)];
            case 3 -> {
                return java.util.Arrays.copyOf(bytes, at);
            }
            case 4 -> { // a stretch taken out
                int length = Math.min(bytes.length - at, 1 + random.nextInt(16));
                return Fixtures.join(
                        java.util.Arrays.copyOf(bytes, at),
                        java.util.Arrays.copyOfRange(bytes, at + length, bytes.length));
            }
            case 5 -> { // a stretch from elsewhere put in
                int from = random.nextInt(bytes.length);
                int length = Math.min(bytes.length - from, 1 + random.nextInt(64));
                return Fixtures.join(
                        java.util.Arrays.copyOf(bytes, at),
                        java.util.Arrays.copyOfRange(bytes, from, from + length),
                        java.util.Arrays.copyOfRange(bytes, at, bytes.length));
            }
            case 6 -> { // a binary number
                long value = random.nextInt(3) == 0 ? random.nextInt(1000) : EDGES[random.nextInt(EDGES.length)];
                int width = 1 << random.nextInt(4);
                for (int i = 0; i < width && at + i < bytes.length; i++) {
                    bytes[at + i] = (byte) (value >>> 8 * i);
                }
            }
            case 7 -> { // a number written in text
                int digit = at;
                while (digit < bytes.length && (bytes[digit] < '0' || bytes[digit] > '9')) {
                    digit++;
                }
                String number = Long.toString(EDGES[random.nextInt(EDGES.length)]);
                return Fixtures.join(
                        java.util.Arrays.copyOf(bytes, digit),
                        number.getBytes(StandardCharsets.UTF_8),
                        java.util.Arrays.copyOfRange(bytes, Math.min(bytes.length, digit + 1), bytes.length));
            }
            default -> { // another stretch written over this one
                int from = random.nextInt(bytes.length);
                int length = Math.min(bytes.length - Math.max(from, at), 1 + random.nextInt(8));
                System.arraycopy(bytes, from, bytes, at, length);
            }
        }
        return bytes;
    }
}
