package org.impasto.kernels.internal.statistics;

import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/** Sums of the channels of blocked maps {@code [N][C/16][pixels][16]}: in float32 over short runs, in float64 from run to run. */
public final class ChannelSums {
    private static final int BLOCK = 16;
    private static final int PIXELS_PER_PART = 1 << 12;
    private static final int PIXELS_AT_ONCE = 64; // summed in float32

    private final FloatRuns runs;

    /** Sums with vector or with plain inner loops. */
    public ChannelSums(boolean vector) {
        runs = FloatRuns.of(vector);
    }

    /**
     * Sums every channel over its pixels.
     *
     * @param acrossBatch whether all images are summed together (C results) or each for itself (N x C results)
     * @param sums receives the sums
     */
    public void sum(
            float[] x,
            int batch,
            int channels,
            int pixels,
            boolean acrossBatch,
            float[] sums,
            Workers workers,
            Run run) {
        int blocks = (channels + BLOCK - 1) / BLOCK;
        int parts = Math.max(1, (pixels + PIXELS_PER_PART - 1) / PIXELS_PER_PART);
        int tasks = Math.multiplyExact(batch * blocks, parts);
        int tasksOfPiece = Math.max(1, PIXELS_PER_PART / 2 / Math.max(1, Math.min(pixels, PIXELS_PER_PART)));
        double[] partial = new double[Math.multiplyExact(tasks, BLOCK)];
        workers.run((tasks + tasksOfPiece - 1) / tasksOfPiece, run, (piece, worker) -> {
            float[] some = new float[BLOCK];
            int end = Math.min(tasks, (piece + 1) * tasksOfPiece);
            for (int task = piece * tasksOfPiece; task < end; task++) {
                int first = task % parts * PIXELS_PER_PART;
                int length = Math.min(PIXELS_PER_PART, pixels - first);
                for (int done = 0; done < length; done += PIXELS_AT_ONCE) {
                    int count = Math.min(PIXELS_AT_ONCE, length - done);
                    runs.sumOfBlock(count, x, (task / parts * pixels + first + done) * BLOCK, some);
                    for (int lane = 0; lane < BLOCK; lane++) {
                        partial[task * BLOCK + lane] += some[lane];
                    }
                }
            }
        });
        int images = acrossBatch ? 1 : batch;
        for (int result = 0; result < images * channels; result++) {
            int channel = result % channels;
            double sum = 0;
            for (int image = result / channels; image < batch; image += images) {
                int task = (image * blocks + channel / BLOCK) * parts;
                for (int part = 0; part < parts; part++) {
                    sum += partial[(task + part) * BLOCK + channel % BLOCK];
                }
            }
            sums[result] = (float) sum;
        }
    }
}
