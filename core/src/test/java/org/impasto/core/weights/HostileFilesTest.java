package org.impasto.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.WeightException;
import org.junit.jupiter.api.Test;

/** Files made to harm: each ends in one clear error, having allocated little. */
class HostileFilesTest {
    private static final byte[] STORAGE = Fixtures.floats(Fixtures.WEIGHT);
    private static final long MEBIBYTE = 1 << 20;

    private static void refuses(byte[] bytes, String... parts) {
        refusesWithin(4 * MEBIBYTE, bytes, parts);
    }

    private static void refusesWithin(long allocation, byte[] bytes, String... parts) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            Fixtures.open(bytes);
        } catch (WeightException refused) {
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as("bytes allocated")
                    .isLessThan(allocation);
            for (String part : parts) {
                assertThat(refused).hasMessageContaining(part);
            }
            assertThat(refused).hasMessageContaining("fixture");
            assertThat(refused.getMessage()).hasSizeLessThan(2500);
            return;
        }
        throw new AssertionError("the file was opened");
    }

    private static String tensor(String name, String sizes, long begin, long end) {
        return "\"" + name + "\":{\"dtype\":\"F32\",\"shape\":" + sizes + ",\"data_offsets\":[" + begin + "," + end
                + "]}";
    }

    private static void refusesHeader(String header, int dataBytes, String... parts) {
        refuses(Fixtures.safetensors(header, new byte[dataBytes]), parts);
    }

    // safetensors

    @Test
    void refusesOverlappingTensors() {
        refusesHeader("{" + tensor("a", "[2]", 0, 8) + "," + tensor("b", "[2]", 4, 12) + "}", 12, "'b'", "overlap");
    }

    @Test
    void refusesAliasedTensors() {
        refusesHeader("{" + tensor("a", "[2]", 0, 8) + "," + tensor("b", "[2]", 0, 8) + "}", 8, "overlap");
    }

    @Test
    void refusesAGap() {
        refusesHeader("{" + tensor("a", "[2]", 0, 8) + "," + tensor("b", "[2]", 12, 20) + "}", 20, "'b'", "gap");
        refusesHeader("{" + tensor("a", "[2]", 4, 12) + "}", 12, "gap");
    }

    @Test
    void refusesBytesThatBelongToNoTensor() {
        refusesHeader("{" + tensor("a", "[2]", 0, 8) + "}", 9, "take 8 bytes", "found 9");
        refusesHeader("{" + tensor("a", "[2]", 0, 8) + "}", 7, "found 7");
        refusesHeader("{}", 1, "found 1");
    }

    @Test
    void refusesSizesThatOverflow() {
        refusesHeader("{" + tensor("a", "[4294967296,4294967296]", 0, 0) + "}", 0, "'a'", "more than 2^63-1 bytes");
        refusesHeader("{" + tensor("a", "[2305843009213693952]", 0, 0) + "}", 0, "more than 2^63-1 bytes");
        refusesHeader("{" + tensor("a", "[9223372036854775807,9223372036854775807]", 0, 4) + "}", 4, "2^63-1");
        refusesHeader("{" + tensor("a", "[9223372036854775808]", 0, 4) + "}", 4, "header");
        refusesHeader("{" + tensor("a", "[4611686018427387905]", 0, 4) + "}", 4, "2^63-1");
    }

    @Test
    void refusesOffsetsThatAreWrong() {
        refusesHeader("{" + tensor("a", "[1]", 8, 4) + "}", 8, "ends at byte 4 before");
        refusesHeader("{" + tensor("a", "[1]", 0, 8) + "}", 8, "needs 4 bytes");
        refusesHeader("{" + tensor("a", "[1]", -4, 0) + "}", 8, "0 or more");
        refusesHeader("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 8, "at most 2");
        refusesHeader("{" + tensor("a", "[1]", 0, 4).replace("[0,4]", "[0,4.0]") + "}", 4, "whole number");
    }

    @Test
    void refusesHugeHeaders() {
        for (long length : new long[] {100_000_001, 1L << 40, Long.MAX_VALUE, -1, Long.MIN_VALUE, 1000}) {
            refuses(Fixtures.join(Fixtures.int64(length), new byte[] {'{', '}', ' ', ' '}));
        }
    }

    @Test
    void refusesDuplicateNames() {
        refusesHeader("{" + tensor("a", "[1]", 0, 4) + "," + tensor("a", "[1]", 4, 8) + "}", 8, "uplicate");
        refusesHeader("{" + tensor("a", "[1]", 0, 4) + "," + tensor("\\u0061", "[1]", 4, 8) + "}", 8, "uplicate");
        refusesHeader("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "uplicate");
        refusesHeader("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "uplicate");
        refusesHeader(
                "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "uplicate");
    }

    @Test
    void refusesMetadataThatIsNotText() {
        refusesHeader("{\"__metadata__\":{\"a\":1}}", 0, "expected a string");
        refusesHeader("{\"__metadata__\":[]}", 0, "expected an object");
        refusesHeader("{\"__metadata__\":{\"a\":{}}}", 0, "expected a string");
    }

    @Test
    void refusesHeadersThatAreNotAnObject() {
        refusesHeader(" {}", 0);
        refusesHeader("[]", 0);
        refusesHeader("{} {}", 0, "text after");
        refusesHeader("{\"a\":1}", 0, "expected an object");
        refusesHeader("{\"a\":{}}", 0, "'a'", "expected dtype");
        refusesHeader("{\"a\":{\"dtype\":\"F7\",\"shape\":[],\"data_offsets\":[0,4]}}", 4, "'F7'");
        refuses(Fixtures.join(Fixtures.int64(8), new byte[] {'{', '"', (byte) 0xc3, '(', '"', ':', '1', '}'}), "UTF-8");
        refuses(
                Fixtures.join(Fixtures.int64(8), new byte[] {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'}),
                "UTF-8");
        refusesHeader("{\"a\":" + "[".repeat(5000), 0, "header");
        refusesHeader("{\"a\":{\"x\":" + "[".repeat(5000) + "]".repeat(5000) + "}}", 0, "header");
    }

    @Test
    void refusesEveryTruncation() {
        for (byte[] whole : List.of(
                Fixtures.safetensors(), Fixtures.torchZip(), Fixtures.legacy(), Fixtures.npy(), Fixtures.npz())) {
            Fixtures.open(whole);
            for (int length = 0; length < whole.length; length++) {
                refuses(Arrays.copyOf(whole, length));
            }
        }
    }

    // pickles

    private static void refusesPickle(byte[] pickle, String... parts) {
        refuses(Fixtures.torchZip(pickle, STORAGE), parts);
        refuses(Fixtures.legacy(pickle, STORAGE), parts);
    }

    @Test
    void refusesAPickleThatCalls() {
        refusesPickle(
                new Pickle()
                        .global("os", "system")
                        .text("touch /tmp/owned")
                        .op(0x85)
                        .reduce()
                        .stop(),
                "'os.system'");
        refusesPickle(
                new Pickle()
                        .global("posix", "system")
                        .text("x")
                        .op(0x85)
                        .reduce()
                        .stop(),
                "posix.system");
        refusesPickle(
                new Pickle()
                        .global("builtins", "eval")
                        .text("1")
                        .op(0x85)
                        .reduce()
                        .stop(),
                "builtins.eval");
        refusesPickle(
                new Pickle()
                        .global("__builtin__", "eval")
                        .text("1")
                        .op(0x85, 0x81)
                        .stop(),
                "eval");
        refusesPickle(
                new Pickle().global("torch", "load").text("x").op(0x85).reduce().stop(), "torch.load");
        refusesPickle(new Pickle().global("collections", "OrderedDict.update").stop(), "OrderedDict.update");
        refusesPickle(new Pickle().global("torch.serialization", "load").stop(), "torch.serialization.load");
        refusesPickle(
                new Pickle()
                        .global("torch", "jit._script.unpackage_script_module")
                        .stop(),
                "refused");
        // Names joined elsewhere must not become an allowed one.
        refusesPickle(
                new Pickle().global("torch", "_utils._rebuild_tensor_v2\u0000").stop(), "refused");
    }

    @Test
    void refusesOpcodesThatNoTensorNeeds() {
        refusesPickle(new Pickle().text("os").text("system").op(0x93).stop(), "STACK_GLOBAL");
        refusesPickle(new Pickle().mark().line("ios\nsystem\n").stop(), "INST");
        refusesPickle(
                new Pickle().mark().global("collections", "OrderedDict").op('o').stop(), "OBJ");
        refusesPickle(new Pickle().list().op('2').stop(), "DUP");
        refusesPickle(new Pickle().op(0x82, 1).stop(), "EXT1");
        refusesPickle(new Pickle().line("I1\n").stop(), "INT");
        refusesPickle(new Pickle().line("g0\n").stop(), "GET");
        refusesPickle(new Pickle().op(0x8e).raw(Fixtures.int64(Long.MAX_VALUE)).stop(), "BINBYTES8");
        refusesPickle(new Pickle().op(0xff).stop(), "255");
    }

    @Test
    void refusesCallsOfWhatIsNoConstructor() {
        refusesPickle(new Pickle().text("x").op(')').reduce().stop(), "calls String");
        refusesPickle(
                new Pickle().global("torch", "FloatStorage").op(')').reduce().stop(), "torch.FloatStorage");
        refusesPickle(new Pickle().global("torch", "float32").op(')').reduce().stop(), "calls String");
        refusesPickle(
                new Pickle()
                        .global("collections", "OrderedDict")
                        .list()
                        .reduce()
                        .stop(),
                "expected a tuple");
        refusesPickle(
                new Pickle()
                        .global("torch._utils", "_rebuild_tensor_v2")
                        .op(')')
                        .reduce()
                        .stop(),
                "a storage");
        refusesPickle(
                new Pickle()
                        .global("torch._utils", "_rebuild_parameter")
                        .op(')')
                        .reduce()
                        .stop(),
                "a tensor");
        refusesPickle(
                new Pickle().global("torch", "Size").text("x").op(0x85).reduce().stop(), "a tuple of numbers");
    }

    @Test
    void refusesWrongTargets() {
        refusesPickle(new Pickle().dictionary().none().append().stop(), "expected a list");
        refusesPickle(new Pickle().op(')').mark().none().appends().stop(), "expected a list");
        refusesPickle(new Pickle().list().none().none().setItem().stop(), "expected a dictionary");
        refusesPickle(new Pickle().dictionary().mark().none().setItems().stop(), "without a value");
        refusesPickle(new Pickle().dictionary().list().none().setItem().stop(), "key");
        refusesPickle(new Pickle().list().dictionary().op('b').stop(), "expected an OrderedDict");
        refusesPickle(new Pickle().dictionary().list().op('b').stop(), "state");
        refusesPickle(
                new Pickle()
                        .tensor(6, 0, List.of(6L), List.of(1L))
                        .dictionary()
                        .op('b')
                        .stop(),
                "TensorReference");
    }

    @Test
    void refusesStacksThatRunEmptyOrOver() {
        refusesPickle(new Pickle().stop(), "empty stack");
        refusesPickle(new Pickle().op('t').stop(), "mark");
        refusesPickle(new Pickle().none().mark().op(0x85).stop(), "empty stack");
        refusesPickle(new Pickle().none().none().stop(), "left over");
        refusesPickle(new Pickle().none().mark().stop(), "empty stack");
        refusesPickle(new Pickle().get(3).stop(), "memo holds nothing");
        byte[] many = new byte[20_000];
        Arrays.fill(many, (byte) 'N');
        refusesPickle(new Pickle().raw(many).stop(), "10000 values");
        Arrays.fill(many, (byte) '(');
        refusesPickle(new Pickle().raw(many).stop(), "10000 marks");
    }

    @Test
    void refusesTooManyOpcodes() {
        byte[] endless = new byte[2_200_000];
        for (int i = 0; i < endless.length; i += 2) {
            endless[i] = 'N';
            endless[i + 1] = 'a';
        }
        refusesWithin(
                64 * MEBIBYTE,
                Fixtures.torchZip(new Pickle().list().raw(endless).stop(), STORAGE),
                "1000000");
    }

    @Test
    void refusesAMemoThatGrowsWithoutEnd() {
        Pickle pickle = new Pickle().none();
        for (int i = 0; i < 100_001; i++) {
            pickle.longPut(i);
        }
        refusesWithin(32 * MEBIBYTE, Fixtures.torchZip(pickle.stop(), STORAGE), "100000 values in the pickle's memo");
    }

    @Test
    void refusesMoreGetsThanPutsExplain() {
        Pickle pickle = new Pickle().list().put(0).mark();
        for (int i = 0; i < 11_000; i++) {
            pickle.get(0);
            if (i % 1000 == 0) {
                pickle.appends().mark();
            }
        }
        refusesPickle(pickle.appends().stop(), "memo", "at most 10 each");
    }

    @Test
    void refusesNestedDoubling() {
        // A list of two of the list before, sixty times: 2^60 values when written out.
        refusesWithin(
                128 * MEBIBYTE, Fixtures.torchZip(doubling(true), STORAGE), "more than 100000 tensors and values");
        refusesWithin(512 * MEBIBYTE, Fixtures.torchZip(doubling(false), STORAGE), "1000000 values when written out");
    }

    private static byte[] doubling(boolean withValue) {
        Pickle pickle = new Pickle().mark().list().put(0);
        if (withValue) {
            pickle.text("x").append();
        }
        for (int level = 1; level <= 60; level++) {
            pickle.list().mark().get(level - 1).get(level - 1).appends().put(level);
        }
        return pickle.op('t').stop();
    }

    @Test
    void refusesPathsThatMultiply() {
        // One long key around many others: short in the file, long when every path is written out.
        String key = "k".repeat(900);
        Pickle pickle =
                new Pickle().dictionary().text(key).dictionary().text(key).dictionary();
        for (int i = 0; i < 5000; i++) {
            pickle.number(i).none().setItem();
        }
        refuses(Fixtures.torchZip(pickle.setItem().setItem().stop(), STORAGE), "longer than 1024");
    }

    @Test
    void refusesACycleAndDeepNesting() {
        refuses(Fixtures.torchZip(new Pickle().list().put(0).get(0).append().stop(), STORAGE), "nested deeper");
        Pickle deep = new Pickle().none();
        for (int i = 0; i < 100_000; i++) {
            deep.op(0x85);
        }
        refusesWithin(64 * MEBIBYTE, Fixtures.torchZip(deep.stop(), STORAGE), "nested deeper");
    }

    @Test
    void refusesTextsLongerThanTheFile() {
        refusesPickle(new Pickle().op('X').raw(Fixtures.int32(-1)).stop(), "text");
        refusesPickle(new Pickle().op('X').raw(Fixtures.int32(1 << 20)).stop(), "only");
        refusesPickle(new Pickle().op('X').raw(Fixtures.int32(2)).op(0xc3, '(').stop(), "UTF-8");
        refusesPickle(new Pickle().op('c').raw(new byte[5000]).stop(), "longer than 1024");
    }

    @Test
    void refusesTwoValuesOfOnePath() {
        byte[] pickle = new Pickle()
                .dictionary()
                .text("a.b")
                .number(1)
                .setItem()
                .text("a")
                .dictionary()
                .text("b")
                .tensor(6, 0, List.of(6L), List.of(1L))
                .setItem()
                .setItem()
                .stop();
        refusesPickle(pickle, "'a.b'", "two values");
    }

    private static byte[] view(long elements, long offset, List<Long> sizes, List<Long> strides) {
        return new Pickle().tensor(elements, offset, sizes, strides).stop();
    }

    @Test
    void refusesBadStridesAndOffsets() {
        refusesPickle(view(6, 0, List.of(7L), List.of(1L)), "'tensor'", "reaches beyond its storage of 6");
        refusesPickle(view(6, 1, List.of(6L), List.of(1L)), "reaches beyond");
        refusesPickle(view(6, 0, List.of(2L, 3L), List.of(4L, 1L)), "reaches beyond");
        refusesPickle(view(6, 5, List.of(2L), List.of(-1L)), "stride of axis 0 is -1");
        refusesPickle(view(6, -1, List.of(1L), List.of(1L)), "begins at element -1");
        refusesPickle(view(6, 7, List.of(0L), List.of(1L)), "begins at element 7");
        refusesPickle(view(6, Long.MAX_VALUE, List.of(1L), List.of(1L)), "begins at element");
        refusesPickle(view(6, 0, List.of(-1L), List.of(1L)), "size of axis 0 is -1");
        refusesPickle(view(6, 0, List.of(2L), List.of()), "1 sizes but 0 strides");
        refusesPickle(view(6, 0, List.of(2L, 2L), List.of(Long.MAX_VALUE, Long.MAX_VALUE)), "reaches beyond");
        refusesPickle(view(6, 1, List.of(2L), List.of(Long.MAX_VALUE)), "reaches beyond");
        refusesPickle(view(6, 0, List.of(Long.MAX_VALUE, 2L), List.of(0L, 0L)), "2^63-1");
        refusesPickle(view(6, 0, List.of(1L << 40), List.of(0L)), "repeats a storage", "contiguous");
        refusesPickle(view(6, 0, List.of(1L << 30, 3L), List.of(0L, 1L)), "repeats a storage");
        refusesPickle(
                new Pickle()
                        .global("torch._utils", "_rebuild_tensor")
                        .mark()
                        .storage("FloatStorage", 6)
                        .number(0)
                        .numbers(java.util.Collections.nCopies(65, 1L))
                        .numbers(java.util.Collections.nCopies(65, 1L))
                        .op('t')
                        .reduce()
                        .stop(),
                "64 axes");
    }

    @Test
    void refusesStoragesThatAreNotThere() {
        refuses(Fixtures.torchZip(view(7, 0, List.of(7L), List.of(1L)), STORAGE), "7 elements", "24 bytes");
        refuses(Fixtures.legacy(view(7, 0, List.of(7L), List.of(1L)), STORAGE), "6 elements, expected 7");
        refusesPickle(view(-1, 0, List.of(0L), List.of(1L)));
        refusesPickle(view(Long.MAX_VALUE, 0, List.of(0L), List.of(1L)));
        refusesPickle(new Pickle().text("module").op('Q').stop(), "persistent id");
        refusesPickle(new Pickle().storage("float32", 6).stop(), "persistent id");
        refusesPickle(
                new Pickle()
                        .list()
                        .storage("FloatStorage", 6)
                        .append()
                        .storage("IntStorage", 6)
                        .append()
                        .stop(),
                "storage '0'");
        byte[] twice = Fixtures.join(
                Fixtures.legacyHead(true),
                view(6, 0, List.of(6L), List.of(1L)),
                new Pickle().list().text("0").append().text("0").append().stop(),
                Fixtures.int64(6),
                STORAGE,
                Fixtures.int64(6),
                STORAGE);
        refuses(twice, "listed twice");
        byte[] none = Fixtures.join(
                Fixtures.legacyHead(true),
                view(6, 0, List.of(6L), List.of(1L)),
                new Pickle().list().stop());
        refuses(none, "not in the file");
        refuses(Fixtures.join(Fixtures.legacy(), new byte[1]), "1 more bytes");
        Map<String, byte[]> missing = new LinkedHashMap<>();
        missing.put("m/data.pkl", Fixtures.checkpoint());
        missing.put("m/data/1", STORAGE);
        refuses(Fixtures.zip(missing), "storage '0' is not in the file");
    }

    @Test
    void refusesViewsBeyondAnOlderStorage() {
        for (long[] view : new long[][] {{2, 5}, {-1, 2}, {7, 0}, {0, -1}, {Long.MAX_VALUE, 1}, {1, Long.MAX_VALUE}}) {
            byte[] pickle = new Pickle()
                    .mark()
                    .text("storage")
                    .global("torch", "FloatStorage")
                    .text("0")
                    .text("cpu")
                    .number(6)
                    .mark()
                    .text("v")
                    .number(view[0])
                    .number(view[1])
                    .op('t', 't', 'Q')
                    .stop();
            refusesPickle(pickle, "storage '0' of 6 elements");
        }
    }

    @Test
    void refusesBigEndianFiles() {
        refuses(Fixtures.torchZip(Fixtures.checkpoint(), STORAGE, "big"), "'big'", "little-endian");
        byte[] legacy = Fixtures.join(
                Fixtures.legacyHead(false),
                Fixtures.checkpoint(),
                new Pickle().list().text("0").append().stop(),
                Fixtures.int64(6),
                STORAGE);
        refuses(legacy, "little-endian");
        refuses(Fixtures.npy("{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }", STORAGE), ">f4");
    }

    @Test
    void refusesAPickleThatIsNotPyTorchs() {
        refuses(new Pickle().dictionary().stop(), "magic number");
    }

    // zips

    private static byte[] withEnd(int field, int bytes, long value) {
        byte[] zip = Fixtures.torchZip();
        ByteBuffer end = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int at = zip.length - 22 + field;
        if (bytes == 2) {
            end.putShort(at, (short) value);
        } else {
            end.putInt(at, (int) value);
        }
        return zip;
    }

    @Test
    void refusesALyingEndOfZip() {
        refuses(withEnd(10, 2, 3));
        refuses(withEnd(10, 2, 5));
        refuses(withEnd(10, 2, 0xffff));
        refuses(withEnd(12, 4, 0x7fffffff), "at most");
        refuses(withEnd(16, 4, 0x7fffffff), "directory");
        refuses(withEnd(16, 4, 0), "entry of the zip's directory");
        refuses(withEnd(4, 2, 3), "several");
        refuses(withEnd(20, 2, 7), "no end record");
    }

    @Test
    void refusesALyingEntry() {
        byte[] data = Fixtures.npy();
        byte[] local = Fixtures.local("w.npy", data);
        byte[] central = Fixtures.central("w.npy", data, 0);
        // compressed, encrypted, two sizes, a size beyond the zip, a header elsewhere, another name
        int[][] edits = {{10, 8}, {8, 1}, {20, 1}, {24, 1}, {42, 5}, {46, 'x'}};
        for (int[] edit : edits) {
            byte[] changed = central.clone();
            changed[edit[0]] = (byte) edit[1];
            refuses(zip(local, changed), "the zip's entry");
        }
        byte[] larger = central.clone();
        ByteBuffer.wrap(larger)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(20, 1 << 30)
                .putInt(24, 1 << 30);
        refuses(zip(local, larger), "reaches beyond");
        refuses(
                Fixtures.join(local, central, central, Fixtures.zipEnd(2, 2 * central.length, local.length)),
                "two entries");
        byte[] negative = central.clone();
        ByteBuffer.wrap(negative).order(ByteOrder.LITTLE_ENDIAN).putInt(42, -2);
        refuses(zip(local, negative), "outside");
    }

    private static byte[] zip(byte[] local, byte[] central) {
        return Fixtures.join(local, central, Fixtures.zipEnd(1, central.length, local.length));
    }

    @Test
    void refusesOverlappingEntries() {
        byte[] inner = Fixtures.local("b.npy", Fixtures.npy());
        byte[] local = Fixtures.local("a.npy", inner);
        byte[] first = Fixtures.central("a.npy", inner, 0);
        byte[] second = Fixtures.central("b.npy", Fixtures.npy(), local.length - inner.length);
        refuses(
                Fixtures.join(local, first, second, Fixtures.zipEnd(2, first.length + second.length, local.length)),
                "overlap");
    }

    @Test
    void neverUsesEntryNamesAsPaths() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("../../etc/w.npy", Fixtures.npy());
        assertThat(Fixtures.open(Fixtures.zip(entries)).names()).containsExactly("../../etc/w");
        entries.put("readme.txt", new byte[3]);
        refuses(Fixtures.zip(entries), "'readme.txt'");
    }

    @Test
    void refusesWrongNumpyHeaders() {
        for (String header : List.of(
                "",
                "{",
                "{}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (7,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} + 1",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': '1'}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'shape': (2, 3)}",
                "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, -3)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3.0)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (6)*1}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': __import__('os')}",
                "{'descr': '|O', 'fortran_order': False, 'shape': (6,)}",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,)}",
                "{'descr': '<c8', 'fortran_order': False, 'shape': (3,)}",
                "{'descr': '<f4', 'fortran_order': True, 'shape': (999999999999999999, 999999999999999999)}",
                "{'descr': '<f4', 'fortran_order': True, 'shape': (9999999999999999999,)}",
                "{'descr': '<f4', 'fortran_order': True, 'shape': (" + "1, ".repeat(65) + ")}")) {
            refuses(Fixtures.npy(header, STORAGE), "'tensor'");
        }
        byte[] version = Fixtures.npy();
        version[6] = 9;
        refuses(version, "version 1 to 3");
        byte[] endless = Fixtures.npy();
        endless[6] = 2;
        refuses(endless);
    }

    @Test
    void anErrorNamesFileTensorAndWhatWasExpected() {
        assertThatThrownBy(() -> Fixtures.open(Fixtures.torchZip(
                        new Pickle()
                                .dictionary()
                                .text("conv.weight")
                                .raw(Arrays.copyOfRange(
                                        view(6, 0, List.of(7L), List.of(1L)),
                                        2,
                                        view(6, 0, List.of(7L), List.of(1L)).length - 1))
                                .setItem()
                                .stop(),
                        STORAGE)))
                .isInstanceOf(WeightException.class)
                .hasMessage("fixture, tensor 'conv.weight': reaches beyond its storage of 6 elements; sizes 7,"
                        + " strides [1], first element 0");
    }
}
