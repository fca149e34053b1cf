package org.impasto.nn.tiling;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A map 1 x C x H x W that is written tile by tile and read region by region, for what later passes over a picture need of
 * earlier ones. A map that would take much of the heap lies in a temporary file, which is gone when the map is closed; if
 * it is written as one tile it stays the tensor that it is. Used by one thread.
 */
public final class StoredMap implements AutoCloseable {
    /** A map takes at most this part of the heap. */
    private static final int PART_OF_HEAP = 32;

    private final Shape shape;
    private final @Nullable FileChannel file;
    private final float[][] rows;
    private @Nullable Tensor whole;
    private float[] staging = {};

    private StoredMap(Shape shape, @Nullable FileChannel file) {
        this.shape = shape;
        this.file = file;
        this.rows = new float[file == null ? shape.intSize(2) : 0][];
    }

    /** A map of that shape, 1 x C x H x W, in which nothing stands yet. */
    public static StoredMap of(Shape shape) {
        if (shape.rank() != 4 || shape.size(0) != 1 || shape.size(1) * shape.size(3) > Integer.MAX_VALUE / 8) {
            throw new ShapeException("a stored map of shape " + shape + ", expected 1 x C x H x W with rows of at most "
                    + Integer.MAX_VALUE / 8 + " elements");
        }
        boolean large = shape.elements() * Float.BYTES > Runtime.getRuntime().maxMemory() / PART_OF_HEAP;
        return new StoredMap(shape, large ? temporaryFile() : null);
    }

    private static FileChannel temporaryFile() {
        try {
            Path path = Files.createTempFile("impasto", ".map");
            return FileChannel.open(
                    path,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.SPARSE,
                    StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException error) {
            throw failed("created", error);
        }
    }

    /** The shape of the whole. */
    public Shape shape() {
        return shape;
    }

    /** Puts a tile to its place. A tile that is the whole map is kept as it is, in its own scope. */
    public void put(Region place, Tensor tile) {
        Shape expected = shape.with(2, place.height()).with(3, place.width());
        if (!tile.shape().equals(expected)) {
            throw new ShapeException("a tile of shape " + tile.shape() + " at " + place + " of a map " + shape
                    + ", expected " + expected);
        }
        if (expected.equals(shape)) {
            whole = tile;
            return;
        }
        float[] values = staging(tile.shape());
        tile.readInto(FloatBuffer.wrap(values, 0, (int) tile.shape().elements()));
        int width = place.width();
        ByteBuffer bytes = buffer(width);
        for (int y = 0; y < place.height(); y++) {
            for (int channel = 0; channel < shape.intSize(1); channel++) {
                write(place, y, channel, values, (channel * place.height() + y) * width, bytes);
            }
        }
    }

    /** Some cells, 1 x C x h x w; they must have been put before. */
    public Tensor get(Backend backend, Region region) {
        Tensor tensor = whole;
        if (tensor != null) {
            return region.of(tensor);
        }
        int width = region.width();
        Shape part = shape.with(2, region.height()).with(3, width);
        float[] values = staging(part);
        ByteBuffer bytes = buffer(width);
        for (int y = 0; y < region.height(); y++) {
            for (int channel = 0; channel < shape.intSize(1); channel++) {
                read(region, y, channel, values, (channel * region.height() + y) * width, bytes);
            }
        }
        FloatBuffer found = FloatBuffer.wrap(values, 0, (int) part.elements());
        return Tensor.from(backend, new Spec(part, ElementType.FLOAT32), found);
    }

    /** An array of its own for each tile would keep the garbage collector busy. */
    private float[] staging(Shape part) {
        if (staging.length < part.elements()) {
            staging = new float[Math.toIntExact(part.elements())];
        }
        return staging;
    }

    // ---- rows: all channels of a row of cells lie together

    private void write(Region place, int y, int channel, float[] values, int from, ByteBuffer bytes) {
        int row = place.rows().start() + y;
        int column = channel * shape.intSize(3) + place.columns().start();
        if (file == null) {
            if (rows[row] == null) {
                rows[row] = new float[shape.intSize(1) * shape.intSize(3)];
            }
            System.arraycopy(values, from, rows[row], column, place.width());
            return;
        }
        bytes.clear().asFloatBuffer().put(values, from, place.width());
        try {
            long position = position(row, column);
            while (bytes.hasRemaining()) {
                position += file.write(bytes, position);
            }
        } catch (IOException error) {
            throw failed("written", error);
        }
    }

    private void read(Region region, int y, int channel, float[] values, int to, ByteBuffer bytes) {
        int row = region.rows().start() + y;
        int column = channel * shape.intSize(3) + region.columns().start();
        if (file == null) {
            System.arraycopy(rows[row], column, values, to, region.width());
            return;
        }
        bytes.clear();
        try {
            long position = position(row, column);
            while (bytes.hasRemaining()) {
                int count = file.read(bytes, position);
                if (count < 0) {
                    throw new IOException("it ends at byte " + position);
                }
                position += count;
            }
        } catch (IOException error) {
            throw failed("read", error);
        }
        bytes.flip().asFloatBuffer().get(values, to, region.width());
    }

    private long position(int row, int column) {
        return ((long) row * shape.intSize(1) * shape.intSize(3) + column) * Float.BYTES;
    }

    private ByteBuffer buffer(int width) {
        int size = file == null ? 0 : width * Float.BYTES;
        return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }

    private static BackendException failed(String what, IOException error) {
        return new BackendException("a temporary file for a large picture could not be " + what + " in "
                + System.getProperty("java.io.tmpdir") + ": " + error.getMessage()
                + "; is the disk full? Another folder can be chosen with -Djava.io.tmpdir", error);
    }

    /** Gives the memory or the file back. */
    @Override
    public void close() {
        whole = null;
        staging = new float[0];
        Arrays.fill(rows, null);
        if (file != null) {
            try {
                file.close();
            } catch (IOException error) {
                throw failed("deleted", error);
            }
        }
    }
}
