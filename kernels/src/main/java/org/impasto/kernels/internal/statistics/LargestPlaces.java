package org.impasto.kernels.internal.statistics;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * Where the largest number along an axis stands: the first of equal ones, and the first that is not a number if there is
 * one. New largest numbers become rare along the axis, so the branch that looks for them is well predicted and the loops
 * run as fast as memory is read; they are the same for both providers.
 */
public final class LargestPlaces {
    private static final int COLUMNS = 1024; // places that are sought side by side
    private static final int PIECE = 1 << 15; // numbers of a piece of work, at least

    private LargestPlaces() {}

    /**
     * Of a row-major array of three axes, along the middle one.
     *
     * @param y receives outer times inner places
     */
    public static void of(float[] x, int outer, int size, int inner, long[] y, Workers workers, Run run) {
        if (inner == 1) {
            int rowsPerPiece = Math.max(1, PIECE / size);
            workers.run(ceiling(outer, rowsPerPiece), run, (piece, worker) -> {
                int end = Math.min(outer, (piece + 1) * rowsPerPiece);
                for (int row = piece * rowsPerPiece; row < end; row++) {
                    y[row] = ofRow(x, row * size, size);
                }
            });
            return;
        }
        int strips = ceiling(inner, COLUMNS);
        workers.run(outer * strips, run, (piece, worker) -> {
            int column = piece % strips * COLUMNS;
            int count = Math.min(COLUMNS, inner - column);
            float[] best = new float[count];
            int[] places = new int[count];
            Arrays.fill(best, Float.NEGATIVE_INFINITY);
            for (int row = 0; row < size; row++) {
                join(x, (piece / strips * size + row) * inner + column, count, row, best, places);
            }
            for (int j = 0; j < count; j++) {
                y[piece / strips * inner + column + j] = places[j];
            }
        });
    }

    /** Of a float64 array; see the float32 form. */
    public static void of(double[] x, int outer, int size, int inner, long[] y, Workers workers, Run run) {
        int perPiece = Math.max(1, PIECE / size);
        int results = outer * inner;
        workers.run(ceiling(results, perPiece), run, (piece, worker) -> {
            int end = Math.min(results, (piece + 1) * perPiece);
            for (int i = piece * perPiece; i < end; i++) {
                int start = i / inner * size * inner + i % inner;
                double best = Double.NEGATIVE_INFINITY;
                int place = 0;
                for (int row = 0; row < size; row++) {
                    double value = x[start + row * inner];
                    if (!(value <= best) && !Double.isNaN(best)) {
                        best = value;
                        place = row;
                    }
                }
                y[i] = place;
            }
        });
    }

    /**
     * Of the channels at each pixel of a map in blocks of channels.
     *
     * @param block channels of a block
     * @param y receives a place for each pixel
     */
    public static void ofChannels(
            float[] x, int images, int channels, int block, int pixels, long[] y, Workers workers, Run run) {
        int pixelsPerPiece = COLUMNS / block;
        int strips = ceiling(pixels, pixelsPerPiece);
        int blocks = ceiling(channels, block);
        workers.run(images * strips, run, (piece, worker) -> {
            int image = piece / strips;
            int first = piece % strips * pixelsPerPiece;
            int count = Math.min(pixelsPerPiece, pixels - first);
            float[] best = new float[count * block];
            int[] places = new int[count * block];
            Arrays.fill(best, Float.NEGATIVE_INFINITY);
            for (int b = 0; b < blocks; b++) {
                join(
                        x,
                        ((image * blocks + b) * pixels + first) * block,
                        count * block,
                        b,
                        best,
                        places,
                        channels,
                        block);
            }
            for (int pixel = 0; pixel < count; pixel++) {
                y[image * pixels + first + pixel] =
                        ofLanes(best, places, pixel * block, Math.min(block, channels), block);
            }
        });
    }

    private static int ofRow(float[] x, int offset, int length) {
        float best = Float.NEGATIVE_INFINITY;
        int place = 0;
        for (int i = 0; i < length; i++) {
            float value = x[offset + i];
            if (!(value <= best)) { // larger, or not a number
                if (Float.isNaN(best)) {
                    return place;
                }
                best = value;
                place = i;
            }
        }
        return place;
    }

    private static void join(float[] x, int offset, int count, int row, float[] best, int[] places) {
        for (int j = 0; j < count; j++) {
            float value = x[offset + j];
            if (!(value <= best[j]) && !Float.isNaN(best[j])) {
                best[j] = value;
                places[j] = row;
            }
        }
    }

    /** Joins a block; lanes above the last channel hold zeros, which do not count. */
    private static void join(
            float[] x, int offset, int count, int row, float[] best, int[] places, int channels, int block) {
        int filled = Math.min(block, channels - row * block);
        if (filled == block) {
            join(x, offset, count, row, best, places);
            return;
        }
        for (int j = 0; j < count; j++) {
            float value = x[offset + j];
            if (j % block < filled && !(value <= best[j]) && !Float.isNaN(best[j])) {
                best[j] = value;
                places[j] = row;
            }
        }
    }

    /** The place of the largest of a pixel's lanes, each of which holds the largest of its channels and their block. */
    private static int ofLanes(float[] best, int[] places, int offset, int lanes, int block) {
        int winner = 0;
        for (int lane = 1; lane < lanes; lane++) {
            float value = best[offset + lane];
            float largest = best[offset + winner];
            boolean equal = value == largest || (Float.isNaN(value) && Float.isNaN(largest));
            if (equal
                    ? places[offset + lane] < places[offset + winner]
                    : !(value <= largest) && !Float.isNaN(largest)) {
                winner = lane;
            }
        }
        return places[offset + winner] * block + winner;
    }

    private static int ceiling(int size, int step) {
        return (int) (((long) size + step - 1) / step);
    }
}
