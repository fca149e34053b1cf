package org.impasto.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Float32 tensors by name, in safetensors files that this module wrote itself. The peers' processes read and write
 * them without any class of the library, so that nothing of ours is loaded there.
 */
final class FloatTensors {
    /** A dense c-order tensor. */
    record FloatTensor(long[] shape, float[] values) {
        static FloatTensor of(float[] values, long... shape) {
            return new FloatTensor(shape, values);
        }
    }

    private static final Pattern ENTRY = Pattern.compile(
            "\"([^\"]+)\":\\{\"dtype\":\"F32\",\"shape\":\\[([0-9, ]*)\\],\"data_offsets\":\\[(\\d+), ?(\\d+)\\]\\}");

    private FloatTensors() {}

    static void write(Path file, Map<String, FloatTensor> tensors) {
        StringBuilder header = new StringBuilder("{");
        long offset = 0;
        for (Map.Entry<String, FloatTensor> entry : tensors.entrySet()) {
            long end = offset + 4L * entry.getValue().values().length;
            String shape = Arrays.stream(entry.getValue().shape())
                    .mapToObj(Long::toString)
                    .collect(Collectors.joining(","));
            header.append(header.length() > 1 ? "," : "")
                    .append("\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                            .formatted(entry.getKey(), shape, offset, end));
            offset = end;
        }
        header.append("}");
        header.append(" ".repeat((8 - header.length() % 8) % 8));
        Path partial = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (FileChannel channel = FileChannel.open(
                    partial,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
                writeFully(channel, littleEndian(8).putLong(text.length).flip());
                writeFully(channel, ByteBuffer.wrap(text));
                for (FloatTensor tensor : tensors.values()) {
                    writeFully(channel, bytes(tensor.values()));
                }
            }
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    static Map<String, FloatTensor> read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = Math.toIntExact(mapped.getLong());
            byte[] text = new byte[headerLength];
            mapped.get(text);
            Map<String, FloatTensor> tensors = new LinkedHashMap<>();
            Matcher matcher = ENTRY.matcher(new String(text, StandardCharsets.UTF_8).replace(": ", ":"));
            while (matcher.find()) {
                long[] shape = Arrays.stream(matcher.group(2).split(","))
                        .map(String::strip)
                        .filter(s -> !s.isEmpty())
                        .mapToLong(Long::parseLong)
                        .toArray();
                int begin = 8 + headerLength + Integer.parseInt(matcher.group(3));
                int end = 8 + headerLength + Integer.parseInt(matcher.group(4));
                float[] values = new float[(end - begin) / 4];
                mapped.slice(begin, end - begin)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(values);
                tensors.put(matcher.group(1), new FloatTensor(shape, values));
            }
            return tensors;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    static ByteBuffer bytes(float[] values) {
        ByteBuffer bytes = littleEndian(4 * values.length);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
