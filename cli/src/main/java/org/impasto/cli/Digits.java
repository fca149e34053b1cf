package org.impasto.cli;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.impasto.core.Backend;
import org.impasto.core.FileFailure;
import org.impasto.core.ImageException;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;

/** Grey pictures of one size in the idx format of MNIST, plain or compressed by gzip: levels from 0 to 255. */
record Digits(int count, int height, int width, byte[] levels) {
    private static final int IDX3_OF_BYTES = 2051;
    private static final int LARGEST_SIDE = 1024;
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final int PIECE = 1 << 16;

    /** Reads a file; an {@link ImageException} says what is wrong with it. */
    static Digits read(Path path) {
        try (InputStream bytes = new BufferedInputStream(Files.newInputStream(path));
                DataInputStream data = new DataInputStream(isCompressed(bytes) ? new GZIPInputStream(bytes) : bytes)) {
            int magic = data.readInt();
            int count = data.readInt();
            int height = data.readInt();
            int width = data.readInt();
            if (magic != IDX3_OF_BYTES) {
                throw new ImageException(path + ": begins with " + magic + ", expected " + IDX3_OF_BYTES
                        + ", an idx file of pictures such as train-images-idx3-ubyte.gz");
            }
            long size = (long) count * height * width;
            if (count < 1
                    || height < 1
                    || width < 1
                    || height > LARGEST_SIDE
                    || width > LARGEST_SIDE
                    || size > Integer.MAX_VALUE / 2) {
                throw new ImageException(path + ": declares " + count + " pictures of " + width + "x" + height
                        + ", expected at least one, at most " + LARGEST_SIDE + " pixels on a side and 2^30 in all");
            }
            return new Digits(count, height, width, levels(data, (int) size));
        } catch (EOFException shorter) {
            throw new ImageException(path + ": ends before its last picture", shorter);
        } catch (IOException unreadable) {
            throw new ImageException(path + ": cannot be read: " + FileFailure.reason(unreadable), unreadable);
        }
    }

    private static boolean isCompressed(InputStream bytes) throws IOException {
        bytes.mark(2);
        int first = bytes.read();
        int second = bytes.read();
        bytes.reset();
        return (first << 8 | second) == GZIP_MAGIC;
    }

    /** Grows as the bytes come, so that a file that only declares a size takes no memory for it. */
    private static byte[] levels(DataInputStream data, int size) throws IOException {
        byte[] levels = new byte[Math.min(size, PIECE)];
        int filled = 0;
        while (filled < size) {
            if (filled == levels.length) {
                levels = Arrays.copyOf(levels, (int) Math.min(size, 2L * levels.length));
            }
            data.readFully(levels, filled, levels.length - filled);
            filled = levels.length;
        }
        return levels;
    }

    /** The levels of some pictures, (places, 1, height, width) in float32. */
    Tensor tensor(Backend backend, int... places) {
        int pixels = height * width;
        float[] values = new float[places.length * pixels];
        for (int i = 0; i < places.length; i++) {
            for (int pixel = 0; pixel < pixels; pixel++) {
                values[i * pixels + pixel] = levels[places[i] * pixels + pixel] & 0xff;
            }
        }
        return Tensor.of(backend, Shape.of(places.length, 1, height, width), values);
    }
}
