package org.impasto.core.weights;

import com.google.gson.stream.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.impasto.core.ElementType;
import org.impasto.core.FileFailure;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.WeightException;
import org.impasto.core.WholeFile;

/**
 * Writes a safetensors file. Tensors are announced first, each with a supplier of its values; {@link #write} then asks
 * the suppliers one after the other, so that one tensor at a time is in memory.
 *
 * <p>The file appears whole or not at all, see {@link WholeFile}. The same tensors give the same bytes whatever order
 * they are added in: larger element types stand first, so that every tensor is aligned, then names in order.
 */
public final class WeightWriter {
    private static final int CHUNK = 256 * 1024;

    private final Path path;
    private final Map<String, String> metadata = new TreeMap<>();
    private final List<Announced> tensors = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    /** How a tensor's values reach the file. */
    private interface Values {
        void writeTo(Sink sink) throws IOException;
    }

    private record Announced(String name, Spec spec, Values values) {}

    private WeightWriter(Path path) {
        this.path = path;
    }

    /** A writer of this file; nothing happens before {@link #write}. */
    public static WeightWriter to(Path path) {
        return new WeightWriter(path);
    }

    /** Adds a text that the file holds about itself. */
    public WeightWriter metadata(String key, String value) {
        checkText(key);
        checkText(value);
        metadata.put(key, value);
        return this;
    }

    /** Adds texts that the file holds about itself. */
    public WeightWriter metadata(Map<String, String> texts) {
        texts.forEach(this::metadata);
        return this;
    }

    /**
     * Announces a tensor of floats.
     *
     * @param spec shape and the type to store: float64, float32, float16 or bfloat16, rounded to nearest even; a finite
     *     value beyond the range of float16 or bfloat16 is an error
     * @param values gives exactly the shape's elements, in row-major order
     */
    public WeightWriter floats(String name, Spec spec, Supplier<FloatBuffer> values) {
        if (!spec.type().isFloating()) {
            throw new WeightException(where(name) + ": floats cannot be stored as " + spec.type());
        }
        return announce(name, spec, sink -> {
            FloatBuffer buffer = values.get().duplicate();
            checkCount(name, spec, buffer.remaining());
            while (buffer.hasRemaining()) {
                encode(name, spec, buffer, sink);
            }
        });
    }

    /** Announces a float32 tensor. */
    public WeightWriter floats(String name, Shape shape, float[] values) {
        return floats(name, new Spec(shape, ElementType.FLOAT32), () -> FloatBuffer.wrap(values));
    }

    /** Announces a float64 tensor; the supplier gives exactly the shape's elements, in row-major order. */
    public WeightWriter doubles(String name, Shape shape, Supplier<DoubleBuffer> values) {
        Spec spec = new Spec(shape, ElementType.FLOAT64);
        return announce(name, spec, sink -> {
            DoubleBuffer buffer = values.get().duplicate();
            checkCount(name, spec, buffer.remaining());
            while (buffer.hasRemaining()) {
                sink.room(8).putDouble(buffer.get());
            }
        });
    }

    /** Announces an int64 tensor; the supplier gives exactly the shape's elements, in row-major order. */
    public WeightWriter longs(String name, Shape shape, Supplier<LongBuffer> values) {
        Spec spec = new Spec(shape, ElementType.INT64);
        return announce(name, spec, sink -> {
            LongBuffer buffer = values.get().duplicate();
            checkCount(name, spec, buffer.remaining());
            while (buffer.hasRemaining()) {
                sink.room(8).putLong(buffer.get());
            }
        });
    }

    /**
     * Announces all tensors of another file, which stays open until they are written, and adds what it says about itself.
     * Integers and truth values become int64.
     *
     * @param floats the type to store floating numbers in, see {@link #floats(String, Spec, Supplier)}; they pass through
     *     float32
     */
    public WeightWriter copy(WeightFile file, ElementType floats) {
        for (String name : file.names()) {
            Spec spec = file.spec(name);
            if (spec.type().isFloating()) {
                floats(name, new Spec(spec.shape(), floats), () -> FloatBuffer.wrap(file.readFloats(name)));
            } else {
                longs(name, spec.shape(), () -> LongBuffer.wrap(file.readLongs(name)));
            }
        }
        return metadata(file.metadata());
    }

    /** Writes the file; a supplier's own error passes through after the unfinished file is removed. */
    public void write() {
        try {
            WholeFile.write(path, this::writeTo);
        } catch (IOException failure) {
            throw new WeightException(path + ": cannot be written: " + FileFailure.reason(failure), failure);
        }
    }

    private void writeTo(FileChannel channel) throws IOException {
        List<Announced> ordered = new ArrayList<>(tensors);
        ordered.sort(
                Comparator.comparing((Announced tensor) -> -tensor.spec.type().bytes())
                        .thenComparing(Announced::name));
        byte[] header = header(ordered);
        Sink sink = new Sink(channel);
        sink.bytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length));
        sink.bytes(ByteBuffer.wrap(header));
        for (Announced tensor : ordered) {
            tensor.values.writeTo(sink);
        }
        sink.flush();
    }

    private static void array(JsonWriter json, long... numbers) throws IOException {
        json.beginArray();
        for (long number : numbers) {
            json.value(number);
        }
        json.endArray();
    }

    private byte[] header(List<Announced> ordered) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonWriter json = new JsonWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8))) {
            json.setHtmlSafe(false);
            json.beginObject();
            if (!metadata.isEmpty()) {
                json.name(Safetensors.METADATA).beginObject();
                for (Map.Entry<String, String> text : metadata.entrySet()) {
                    json.name(text.getKey()).value(text.getValue());
                }
                json.endObject();
            }
            long offset = 0;
            for (Announced tensor : ordered) {
                long end = offset + bytes(tensor.spec);
                json.name(tensor.name).beginObject();
                json.name("dtype").value(Safetensors.code(tensor.spec.type()));
                array(json.name("shape"), tensor.spec.shape().toArray());
                array(json.name("data_offsets"), offset, end);
                json.endObject();
                offset = end;
            }
            json.endObject();
        }
        while (bytes.size() % 8 != 0) {
            bytes.write(' ');
        }
        if (bytes.size() > Safetensors.MAX_HEADER) {
            throw new WeightException(
                    path + ": the header takes " + bytes.size() + " bytes, expected at most " + Safetensors.MAX_HEADER);
        }
        return bytes.toByteArray();
    }

    private WeightWriter announce(String name, Spec spec, Values values) {
        checkText(name);
        StoredTensor.spec(where(name), spec.type(), spec.shape().toArray());
        if (name.equals(Safetensors.METADATA) || !names.add(name)) {
            throw new WeightException(where(name) + ": the name is taken");
        }
        tensors.add(new Announced(name, spec, values));
        return this;
    }

    private void encode(String name, Spec spec, FloatBuffer values, Sink sink) throws IOException {
        ByteBuffer room = sink.room(8);
        int count = Math.min(values.remaining(), room.remaining() / spec.type().bytes());
        switch (spec.type()) {
            case FLOAT64 -> {
                for (int i = 0; i < count; i++) {
                    room.putDouble(values.get());
                }
            }
            case FLOAT32 -> {
                room.asFloatBuffer().put(values.slice(values.position(), count));
                room.position(room.position() + 4 * count);
                values.position(values.position() + count);
            }
            default -> {
                boolean bfloat = spec.type() == ElementType.BFLOAT16;
                for (int i = 0; i < count; i++) {
                    float value = values.get();
                    short half = bfloat ? HalfPrecision.toBfloat16(value) : HalfPrecision.toFloat16(value);
                    int infinity = bfloat ? 0x7f80 : 0x7c00;
                    if ((half & 0x7fff) == infinity && !Float.isInfinite(value)) {
                        throw new WeightException(where(name) + ": " + value + " at element " + (values.position() - 1)
                                + " is beyond the range of " + spec.type() + "; store FLOAT32");
                    }
                    room.putShort(half);
                }
            }
        }
    }

    private void checkCount(String name, Spec spec, int count) {
        if (spec.shape().elements() != count) {
            throw new WeightException(where(name) + ": expected " + spec.shape().elements() + " elements of " + spec
                    + ", found " + count);
        }
    }

    private void checkText(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new WeightException(path + ": the text " + WeightTable.quote(text) + " has half a surrogate pair");
        }
    }

    private String where(String name) {
        return path + ", tensor " + WeightTable.quote(name);
    }

    private static long bytes(Spec spec) {
        return spec.shape().elements() * spec.type().bytes();
    }

    // Makes the move itself last a power cut; systems that cannot open folders do without.
    /** Little-endian bytes gathered on their way to the file. */
    private static final class Sink {
        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.LITTLE_ENDIAN);

        Sink(FileChannel channel) {
            this.channel = channel;
        }

        ByteBuffer room(int bytes) throws IOException {
            if (buffer.remaining() < bytes) {
                flush();
            }
            return buffer;
        }

        void bytes(ByteBuffer bytes) throws IOException {
            flush();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        void flush() throws IOException {
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        }
    }
}
