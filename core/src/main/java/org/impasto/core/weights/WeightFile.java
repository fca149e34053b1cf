package org.impasto.core.weights;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.impasto.core.ElementType;
import org.impasto.core.Spec;
import org.impasto.core.WeightException;

/**
 * A file of named tensors, opened for reading. The format is recognised by content: safetensors; PyTorch's
 * {@code .pth}, {@code .pt}, {@code .ckpt}, both zip and older; {@code .npy} and {@code .npz}; an index of shards
 * ({@code model.safetensors.index.json}) or a folder that holds one.
 *
 * <p>Opening reads and checks the headers alone; a tensor's bytes are read when it is asked for, from its place in the
 * file, so files larger than memory work. Several threads may read at once. Everything that is wrong with a file is a
 * {@link WeightException} which names the file and the tensor.
 *
 * <p>In PyTorch files, containers become dotted paths: {@code state_dict.conv1.weight}, {@code layers.0.bias}. A file
 * that is a single tensor (also {@code .npy}) calls it {@value #ONLY_TENSOR}. PyTorch files are read by an interpreter
 * which can build tensors and containers and nothing else.
 */
public final class WeightFile implements AutoCloseable {
    /** The name of the tensor of a file that holds one tensor without a name. */
    public static final String ONLY_TENSOR = "tensor";

    private final Path path;
    private final WeightTable table;
    private final List<ByteSource> sources;

    WeightFile(Path path, WeightTable table, List<ByteSource> sources) {
        this.path = path;
        this.table = table;
        this.sources = sources;
    }

    /** Opens a weight file, an index of shards, or a folder with such an index or with a single weight file. */
    public static WeightFile open(Path path) {
        Path file = Files.isDirectory(path) ? ShardIndex.find(path) : path;
        ByteSource source = FileBytes.open(file);
        List<ByteSource> sources = new ArrayList<>(List.of(source));
        boolean opened = false;
        try {
            WeightTable table = FileFormat.recognise(source) == FileFormat.SHARD_INDEX
                    ? ShardIndex.read(source, shard -> {
                        ByteSource bytes = FileBytes.open(file.resolveSibling(shard));
                        sources.add(bytes);
                        return bytes;
                    })
                    : FileFormat.read(source);
            WeightFile weights = new WeightFile(path, table, sources);
            opened = true;
            return weights;
        } finally {
            if (!opened) {
                sources.forEach(ByteSource::close);
            }
        }
    }

    /** The path that was opened. */
    public Path path() {
        return path;
    }

    /** What the file was recognised as, for people. */
    public String format() {
        return table.format();
    }

    /** The names of the tensors, in the file's order. */
    public List<String> names() {
        return List.copyOf(table.tensors().keySet());
    }

    /** Whether the file holds a tensor of this name. */
    public boolean has(String name) {
        return table.tensors().containsKey(name);
    }

    /** Shape and stored element type of a tensor. */
    public Spec spec(String name) {
        return tensor(name).spec();
    }

    /** Texts that the file holds about itself: safetensors' {@code __metadata__}, an index's {@code metadata}. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(table.metadata());
    }

    /**
     * What a PyTorch file holds beside tensors, by dotted path: {@code String}, {@code Long}, {@code Double},
     * {@code Boolean}, {@code BigInteger}, and unmodifiable lists of these. {@code None} is left out.
     */
    public Map<String, Object> values() {
        return Collections.unmodifiableMap(table.values());
    }

    /** All elements of a tensor in row-major order, converted to float. */
    public float[] readFloats(String name) {
        float[] values = new float[length(name)];
        read(name, FloatBuffer.wrap(values));
        return values;
    }

    /** All elements of a tensor in row-major order, converted to double. */
    public double[] readDoubles(String name) {
        StoredTensor tensor = tensor(name);
        double[] values = new double[length(name)];
        DoubleBuffer into = DoubleBuffer.wrap(values);
        tensor.forEachChunk(
                0, values.length, chunk -> Elements.decode(chunk, tensor.spec().type(), into));
        return values;
    }

    /** All elements of a tensor of integers or truth values (0 and 1) in row-major order. */
    public long[] readLongs(String name) {
        StoredTensor tensor = tensor(name);
        ElementType type = tensor.spec().type();
        if (type.isFloating()) {
            throw new WeightException(where(name) + ": expected integers, found " + tensor.spec());
        }
        long[] values = new long[length(name)];
        LongBuffer into = LongBuffer.wrap(values);
        try {
            tensor.forEachChunk(0, values.length, chunk -> Elements.decode(chunk, type, into));
        } catch (Elements.OutOfRange large) {
            throw new WeightException(where(name) + ": " + large.getMessage(), large);
        }
        return values;
    }

    /**
     * Puts all elements of a tensor, converted to float, at the buffer's position and moves it on.
     *
     * @param into a buffer with room for the tensor, or more
     */
    public void read(String name, FloatBuffer into) {
        long elements = tensor(name).spec().shape().elements();
        if (elements > into.remaining()) {
            throw new WeightException(
                    where(name) + ": has " + elements + " elements, the buffer has room for " + into.remaining());
        }
        read(name, 0, (int) elements, into);
    }

    /**
     * Puts a stretch of a tensor's elements, in row-major order, at the buffer's position and moves it on. So a tensor
     * of more than 2^31-1 elements is read piece by piece.
     */
    public void read(String name, long first, int count, FloatBuffer into) {
        StoredTensor tensor = tensor(name);
        long elements = tensor.spec().shape().elements();
        if (first < 0 || count < 0 || first > elements - count || count > into.remaining()) {
            throw new WeightException(where(name) + ": asked for " + count + " elements from " + first + " on, of "
                    + elements + ", into a buffer with room for " + into.remaining());
        }
        tensor.forEachChunk(
                first, count, chunk -> Elements.decode(chunk, tensor.spec().type(), into));
    }

    /** Closes the file; tensors cannot be read any more. */
    @Override
    public void close() {
        sources.forEach(ByteSource::close);
    }

    @Override
    public String toString() {
        return path + " (" + table.format() + ", " + table.tensors().size() + " tensors)";
    }

    private StoredTensor tensor(String name) {
        StoredTensor tensor = table.tensors().get(name);
        if (tensor == null) {
            throw new WeightException(where(name) + ": no such tensor; " + suggestion(name));
        }
        return tensor;
    }

    private String suggestion(String name) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        List<String> similar = table.tensors().keySet().stream()
                .filter(held -> held.endsWith("." + name) || name.endsWith("." + held))
                .limit(3)
                .toList();
        if (similar.isEmpty()) {
            similar = table.tensors().keySet().stream()
                    .filter(held -> held.endsWith(last))
                    .limit(3)
                    .toList();
        }
        if (similar.isEmpty()) {
            similar = table.tensors().keySet().stream().limit(3).toList();
        }
        return "the file holds " + table.tensors().size() + " tensors"
                + (similar.isEmpty() ? "" : ", such as " + String.join(", ", similar));
    }

    private int length(String name) {
        long elements = tensor(name).spec().shape().elements();
        if (elements > Integer.MAX_VALUE - 8) {
            throw new WeightException(
                    where(name) + ": has " + elements + " elements, more than an array holds; read it piece by piece");
        }
        return (int) elements;
    }

    private String where(String name) {
        return path + ", tensor " + WeightTable.quote(name);
    }
}
