package org.impasto.nn.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightFile;
import org.impasto.core.weights.WeightWriter;

/**
 * A checkpoint as a safetensors file: tensors, texts about the run, and a checksum of both, by which a file that was
 * damaged on disk is told from a good one.
 */
final class CheckpointFile {
    private static final String FORMAT = "impasto.checkpoint";
    private static final String VERSION = "1";
    private static final String CHECKSUM = "checksum";

    private CheckpointFile() {}

    /**
     * What a checkpoint says about its run.
     *
     * @param step steps done
     * @param seed of the run's noise
     * @param stream the next one of its noise
     * @param backend what computed
     * @param java version of the JVM
     */
    record Facts(long step, long seed, long stream, String backend, String java) {
        private Map<String, String> texts() {
            Map<String, String> texts = new TreeMap<>();
            texts.put(FORMAT, VERSION);
            texts.put("step", Long.toString(step));
            texts.put("seed", Long.toString(seed));
            texts.put("stream", Long.toString(stream));
            texts.put("backend", backend);
            texts.put("java", java);
            return texts;
        }

        private static Facts of(Path path, Map<String, String> texts) {
            return new Facts(
                    number(path, texts, "step"),
                    number(path, texts, "seed"),
                    number(path, texts, "stream"),
                    text(path, texts, "backend"),
                    text(path, texts, "java"));
        }

        private static long number(Path path, Map<String, String> texts, String key) {
            String text = text(path, texts, key);
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException damaged) {
                throw new WeightException(path + ": " + key + " is '" + text + "', expected a number", damaged);
            }
        }
    }

    /** Writes a checkpoint whole or not at all, and to the disk. */
    static void write(Path path, Facts facts, Map<String, Tensor> tensors) {
        Map<String, String> texts = facts.texts();
        Checksum checksum = new Checksum(texts);
        WeightWriter writer = WeightWriter.to(path).metadata(texts);
        new TreeMap<>(tensors).forEach((name, tensor) -> {
            checksum.add(name, tensor.spec());
            switch (tensor.type()) {
                case FLOAT32 -> {
                    checksum.add(tensor.toFloats());
                    writer.floats(name, tensor.spec(), () -> FloatBuffer.wrap(tensor.toFloats()));
                }
                case FLOAT64 -> {
                    checksum.add(tensor.toDoubles());
                    writer.doubles(name, tensor.shape(), () -> DoubleBuffer.wrap(tensor.toDoubles()));
                }
                case INT64 -> {
                    checksum.add(tensor.toLongs());
                    writer.longs(name, tensor.shape(), () -> LongBuffer.wrap(tensor.toLongs()));
                }
                default -> throw new WeightException(path + ", tensor " + name + ": cannot store " + tensor.spec());
            }
        });
        writer.metadata(CHECKSUM, checksum.text()).write();
    }

    /**
     * Reads all of a checkpoint.
     *
     * @return what it says about its run
     * @throws WeightException if the file is no checkpoint or damaged
     */
    static Facts check(Path path) {
        try (WeightFile file = WeightFile.open(path)) {
            Map<String, String> texts = new TreeMap<>(file.metadata());
            String version = text(path, texts, FORMAT);
            if (!version.equals(VERSION)) {
                throw new WeightException(path + ": is a checkpoint of version " + version + ", expected " + VERSION);
            }
            String expected = text(path, texts, CHECKSUM);
            texts.remove(CHECKSUM);
            Checksum checksum = new Checksum(texts);
            for (String name : new TreeSet<>(file.names())) {
                Spec spec = file.spec(name);
                checksum.add(name, spec);
                switch (spec.type()) {
                    case FLOAT64 -> checksum.add(file.readDoubles(name));
                    case INT64 -> checksum.add(file.readLongs(name));
                    default -> checksum.add(file.readFloats(name));
                }
            }
            if (!checksum.text().equals(expected)) {
                throw new WeightException(path + ": its content has checksum " + checksum.text() + ", expected "
                        + expected + ": the file is damaged");
            }
            return Facts.of(path, texts);
        }
    }

    /** The tensors whose name begins with a prefix, by the rest of it, in the caller's scope. */
    static Map<String, Tensor> read(Path path, Backend backend, String prefix) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (WeightFile file = WeightFile.open(path)) {
            for (String name : file.names()) {
                if (name.startsWith(prefix)) {
                    tensors.put(name.substring(prefix.length()), tensor(file, name, backend));
                }
            }
        }
        return tensors;
    }

    private static Tensor tensor(WeightFile file, String name, Backend backend) {
        Spec spec = file.spec(name);
        if (spec.type() == ElementType.FLOAT64) {
            return Tensor.ofDoubles(backend, spec.shape(), file.readDoubles(name));
        }
        if (spec.type() == ElementType.INT64) {
            return Tensor.ofLongs(backend, spec.shape(), file.readLongs(name));
        }
        return Tensor.of(backend, spec.shape(), file.readFloats(name));
    }

    private static String text(Path path, Map<String, String> texts, String key) {
        String text = texts.get(key);
        if (text == null) {
            throw new WeightException(path + ": is no checkpoint, for it says no " + key);
        }
        return text;
    }

    /** CRC-32C of texts, and of tensors in the order of their names. */
    private static final class Checksum {
        private static final int CHUNK = 1 << 16;

        private final CRC32C crc = new CRC32C();
        private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);

        Checksum(Map<String, String> texts) {
            texts.forEach((key, text) -> add(key + "=" + text));
        }

        void add(String name, Spec spec) {
            add(name + " " + spec);
        }

        private void add(String text) {
            crc.update((text + "\n").getBytes(StandardCharsets.UTF_8));
        }

        void add(float[] values) {
            for (int from = 0; from < values.length; from += CHUNK / 4) {
                int count = Math.min(CHUNK / 4, values.length - from);
                chunk.clear().asFloatBuffer().put(values, from, count);
                crc.update(chunk.limit(4 * count));
            }
        }

        void add(double[] values) {
            for (int from = 0; from < values.length; from += CHUNK / 8) {
                int count = Math.min(CHUNK / 8, values.length - from);
                chunk.clear().asDoubleBuffer().put(values, from, count);
                crc.update(chunk.limit(8 * count));
            }
        }

        void add(long[] values) {
            for (int from = 0; from < values.length; from += CHUNK / 8) {
                int count = Math.min(CHUNK / 8, values.length - from);
                chunk.clear().asLongBuffer().put(values, from, count);
                crc.update(chunk.limit(8 * count));
            }
        }

        String text() {
            return String.format("%08x", crc.getValue());
        }
    }
}
