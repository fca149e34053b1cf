package org.impasto.nn.tiling;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
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
 * earlier ones. A map that would take much of the heap lies in a mapped temporary file, which is deleted when the map is
 * closed; a map that is written as one tile stays the tensor that it is. Used by one thread.
 */
public final class StoredMap implements AutoCloseable {
    /** A map takes at most this part of the heap. */
    private static final int PART_OF_HEAP = 32;

    /** A mapped buffer has less than 2^31 bytes. */
    private static final long LARGEST_BLOCK = 1L << 28;

    private final Shape shape;
    private final @Nullable FileChannel file;
    private final int rowsPerBlock;
    private final List<FloatBuffer> blocks; // of whole rows; all channels of a row lie together
    private @Nullable Tensor whole;
    private float[] staging = {};

    private StoredMap(Shape shape, @Nullable FileChannel file, int rowsPerBlock, List<FloatBuffer> blocks) {
        this.shape = shape;
        this.file = file;
        this.rowsPerBlock = rowsPerBlock;
        this.blocks = blocks;
    }

    /** A map of that shape, 1 x C x H x W, in which nothing stands yet. */
    public static StoredMap of(Shape shape) {
        long row = shape.rank() == 4 ? shape.size(1) * shape.size(3) : 0;
        if (shape.rank() != 4 || shape.size(0) != 1 || shape.elements() == 0 || row > LARGEST_BLOCK) {
            throw new ShapeException("a stored map of shape " + shape + ", expected 1 x C x H x W with rows of 1 to "
                    + LARGEST_BLOCK + " elements");
        }
        boolean large = shape.elements() * Float.BYTES > Runtime.getRuntime().maxMemory() / PART_OF_HEAP;
        return of(shape, large, LARGEST_BLOCK);
    }

    static StoredMap of(Shape shape, boolean inFile, long largestBlock) {
        int rowsPerBlock = (int) Math.min(largestBlock / (shape.size(1) * shape.size(3)), shape.size(2));
        return new StoredMap(shape, inFile ? temporaryFile() : null, rowsPerBlock, new ArrayList<>());
    }

    private static FileChannel temporaryFile() {
        try {
            return FileChannel.open(
                    Files.createTempFile("impasto", ".map"),
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
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
        open();
        float[] values = staging(expected);
        tile.readInto(FloatBuffer.wrap(values, 0, (int) expected.elements()));
        forEachRun(place, (block, from, at) -> block.put(from, values, at, place.width()));
    }

    /** Some cells, 1 x C x h x w; they must have been put before. */
    public Tensor get(Backend backend, Region region) {
        Tensor tensor = whole;
        if (tensor != null) {
            return region.of(tensor);
        }
        if (blocks.isEmpty()) {
            throw new ShapeException(region + " of a stored map " + shape + " in which nothing stands");
        }
        Shape part = shape.with(2, region.height()).with(3, region.width());
        float[] values = staging(part);
        forEachRun(region, (block, from, at) -> block.get(from, values, at, region.width()));
        FloatBuffer found = FloatBuffer.wrap(values, 0, (int) part.elements());
        return Tensor.from(backend, new Spec(part, ElementType.FLOAT32), found);
    }

    /** Takes the memory, or the file's. */
    private void open() {
        if (!blocks.isEmpty()) {
            return;
        }
        long row = shape.size(1) * shape.size(3);
        for (long first = 0; first < shape.size(2); first += rowsPerBlock) {
            long length = Math.min(rowsPerBlock, shape.size(2) - first) * row;
            if (file == null) {
                blocks.add(FloatBuffer.allocate((int) length));
                continue;
            }
            try {
                blocks.add(file.map(MapMode.READ_WRITE, first * row * Float.BYTES, length * Float.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer());
            } catch (IOException error) {
                throw failed("mapped", error);
            }
        }
    }

    /** Cells of one row and channel: where they begin in a block, and among the cells of the region. */
    private interface RunOfCells {
        void copy(FloatBuffer block, int from, int at);
    }

    private void forEachRun(Region region, RunOfCells work) {
        int channels = shape.intSize(1);
        int width = shape.intSize(3);
        for (int y = 0; y < region.height(); y++) {
            int row = region.rows().start() + y;
            FloatBuffer block = blocks.get(row / rowsPerBlock);
            for (int channel = 0; channel < channels; channel++) {
                int from = (row % rowsPerBlock * channels + channel) * width
                        + region.columns().start();
                work.copy(block, from, (channel * region.height() + y) * region.width());
            }
        }
    }

    /** An array of its own for each tile would keep the garbage collector busy. */
    private float[] staging(Shape part) {
        if (staging.length < part.elements()) {
            staging = new float[Math.toIntExact(part.elements())];
        }
        return staging;
    }

    private static BackendException failed(String what, IOException error) {
        return new BackendException(
                "a temporary file for a large picture could not be " + what + " in "
                        + System.getProperty("java.io.tmpdir") + ": " + error.getMessage()
                        + "; is the disk full? Another folder can be chosen with -Djava.io.tmpdir",
                error);
    }

    /** The file's blocks would else stay taken until the collector finds the buffers. */
    private static void giveDiskBack(FileChannel file) {
        try {
            file.truncate(0);
        } catch (IOException mapped) {
            // Some systems refuse while buffers stand; there the collector does it.
        }
    }

    /** Gives the memory back, and deletes the file. */
    @Override
    public void close() {
        whole = null;
        staging = new float[0];
        blocks.clear();
        if (file != null) {
            try {
                giveDiskBack(file);
                file.close();
            } catch (IOException error) {
                throw failed("deleted", error);
            }
        }
    }
}
