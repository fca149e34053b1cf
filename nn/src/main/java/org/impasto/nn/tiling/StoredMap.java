package org.impasto.nn.tiling;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Decorator;
import org.impasto.core.ElementType;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A map 1 x C x H x W that is written tile by tile, in the order of a {@link TileGrid}, and read region by region, for what
 * later passes over a picture need of earlier ones. Its tiles stay the tensors that they are; those of a map that would take
 * much of the heap lie in a mapped temporary file, which is deleted when the map is closed. Used by one thread.
 */
public final class StoredMap implements AutoCloseable {
    /** A map takes at most this part of the heap. */
    private static final int PART_OF_HEAP = 32;

    /** Systems allow a process some ten thousand mappings, so small tiles share them. */
    private static final long BYTES_MAPPED_AT_ONCE = 1L << 26;

    private final Shape shape;
    private final @Nullable FileChannel file;
    private final List<StoredTile> tiles = new ArrayList<>(); // row by row
    private ByteBuffer mapped = ByteBuffer.allocate(0); // for the next tiles
    private long fileEnd;
    private boolean isReadOnce;
    private @Nullable Tensor recorded;

    private StoredMap(Shape shape, @Nullable FileChannel file) {
        this.shape = shape;
        this.file = file;
    }

    /** A map of that shape, 1 x C x H x W, in which nothing stands yet. */
    public static StoredMap of(Shape shape) {
        return of(shape, shape.elements() * Float.BYTES > Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    }

    static StoredMap of(Shape shape, boolean inFile) {
        if (shape.rank() != 4 || shape.size(0) != 1 || shape.elements() == 0) {
            throw new ShapeException("a stored map of shape " + shape + ", expected 1 x C x H x W with elements");
        }
        return new StoredMap(shape, inFile ? temporaryFile() : null);
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

    /** Puts a tile to its place. One on which gradients are recorded, the whole map then, stays as it is in its own scope. */
    public void put(Region place, Tensor tile) {
        Shape expected = shape.with(2, place.height()).with(3, place.width());
        if (!tile.shape().equals(expected)) {
            throw new ShapeException("a tile of shape " + tile.shape() + " at " + place + " of a map " + shape
                    + ", expected " + expected);
        }
        if (tile.backend() instanceof Decorator) {
            if (!expected.equals(shape)) {
                throw new ShapeException("a tile at " + place + " of a map " + shape
                        + " on which gradients are recorded, expected the whole map");
            }
            recorded = tile;
        } else {
            tiles.add(new StoredTile(place, file == null ? new CellsInTensor(tile) : written(file, tile)));
        }
    }

    private Cells written(FileChannel channel, Tensor tile) {
        long bytes = tile.shape().elements() * Float.BYTES;
        if (bytes > Integer.MAX_VALUE) {
            throw new ShapeException("a tile of shape " + tile.shape() + " of a map that lies in a file, expected less"
                    + " than 2^29 elements: choose smaller tiles");
        }
        if (mapped.remaining() < bytes) {
            mapped = map(channel, Math.max(bytes, BYTES_MAPPED_AT_ONCE));
        }
        FloatBuffer values = mapped.slice(mapped.position(), (int) bytes)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        mapped.position(mapped.position() + (int) bytes);
        tile.readInto(values.duplicate());
        return new CellsInFile(tile.shape(), values);
    }

    private ByteBuffer map(FileChannel channel, long bytes) {
        try {
            ByteBuffer buffer = channel.map(MapMode.READ_WRITE, fileEnd, bytes);
            fileEnd += bytes;
            return buffer;
        } catch (IOException error) {
            throw failed("mapped", error);
        }
    }

    /** From now on regions are asked for from top to bottom: tiles above the last one are given back. */
    public void readOnce() {
        isReadOnce = true;
    }

    /** Some cells, 1 x C x h x w; they must have been put before. */
    public Tensor get(Backend backend, Region region) {
        Tensor tensor = recorded;
        if (tensor != null) {
            return region.of(tensor);
        }
        if (isReadOnce) {
            giveBackAbove(region.rows().start());
        }
        Tensor found = Scope.keeping(() -> assembled(backend, region));
        if (found.shape().size(2) != region.height() || found.shape().size(3) != region.width()) {
            throw new ShapeException(
                    region + " of a stored map " + shape + ", of which only " + found.shape() + " stands there");
        }
        return found;
    }

    /** Tiles that share rows side by side, and these rows of tiles one below the other. */
    private Tensor assembled(Backend backend, Region region) {
        Map<Span, List<Tensor>> rows = new LinkedHashMap<>();
        for (StoredTile tile : tiles) {
            Region common = tile.place().common(region);
            if (common != null) {
                rows.computeIfAbsent(common.rows(), span -> new ArrayList<>())
                        .add(tile.cells().of(backend, common.within(tile.place())));
            }
        }
        if (rows.isEmpty()) {
            throw new ShapeException(region + " of a stored map " + shape + " in which nothing stands there");
        }
        return Tensor.concat(
                2, rows.values().stream().map(row -> Tensor.concat(3, row)).toList());
    }

    private void giveBackAbove(int row) {
        for (Iterator<StoredTile> each = tiles.iterator(); each.hasNext(); ) {
            StoredTile tile = each.next();
            if (tile.place().rows().end() <= row) {
                tile.cells().close();
                each.remove();
            }
        }
    }

    private record StoredTile(Region place, Cells cells) {}

    /** The cells of a tile. */
    private interface Cells extends AutoCloseable {
        /** Some of them, counted from the tile's first one. */
        Tensor of(Backend backend, Region region);

        /** Gives their memory back. */
        @Override
        void close();
    }

    private static final class CellsInTensor implements Cells {
        private final Parameter held;

        CellsInTensor(Tensor tile) {
            held = new Parameter("a tile of a stored map", tile);
        }

        @Override
        public Tensor of(Backend backend, Region region) {
            return region.of(held.value());
        }

        @Override
        public void close() {
            held.close();
        }
    }

    /** Row-major, in a file. */
    private record CellsInFile(Shape shape, FloatBuffer values) implements Cells {
        @Override
        public Tensor of(Backend backend, Region region) {
            Shape part = shape.with(2, region.height()).with(3, region.width());
            return Tensor.from(
                    backend, new Spec(part, ElementType.FLOAT32), part.equals(shape) ? values : copy(region, part));
        }

        private FloatBuffer copy(Region region, Shape part) {
            float[] copied = new float[Math.toIntExact(part.elements())];
            int at = 0;
            for (int channel = 0; channel < shape.intSize(1); channel++) {
                for (int row = region.rows().start(); row < region.rows().end(); row++) {
                    int from = (channel * shape.intSize(2) + row) * shape.intSize(3)
                            + region.columns().start();
                    values.get(from, copied, at, region.width());
                    at += region.width();
                }
            }
            return FloatBuffer.wrap(copied);
        }

        @Override
        public void close() {
            // The file gives it back.
        }
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
        recorded = null;
        tiles.forEach(tile -> tile.cells().close());
        tiles.clear();
        mapped = ByteBuffer.allocate(0);
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
