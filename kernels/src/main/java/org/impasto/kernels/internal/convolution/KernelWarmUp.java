package org.impasto.kernels.internal.convolution;

import org.impasto.kernels.internal.provider.VectorSupport;

/**
 * Calls the inner loops of 3x3 convolutions many times on tiny arrays, so that they are compiled while weights and
 * pictures are still being read. Interpreted vector code is some hundred times slower, and a loop that is compiled in the
 * middle of a large call is compiled twice.
 */
public final class KernelWarmUp {
    private static final int CALLS = 3000; // the compiler's last stage begins after some hundred short calls
    private static final int BLOCK = 16;
    private static final int WIDTH = 4 * BLOCK;
    private static final int TILES = 3; // of a run: a loop that was compiled after single tiles might suit these alone
    private static final int FLOATS = TILES * 36 * BLOCK;

    private KernelWarmUp() {}

    /** Starts the calls on a thread of their own; with plain loops, which need none, it does nothing. */
    public static void start() {
        if (VectorSupport.isVector()) {
            Thread thread = new Thread(KernelWarmUp::run, "impasto-warm-up");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void run() {
        Kernels kernels = Kernels.chosen();
        float[] input = new float[FLOATS];
        float[] weights = new float[BLOCK * WIDTH];
        float[] bias = new float[WIDTH];
        float[] output = new float[FLOATS];
        float[] lines = new float[FLOATS];
        int[] first = {0};
        int[] taps = {0, 1, 2};
        int width = kernels.panelWidths()[0];
        for (int call = 0; call < CALLS; call++) {
            kernels.blockedProduct(
                    input, 0, first, 1, first, 0, 1, weights, 0, width, bias, 0, 0, output, 0, first, width, BLOCK);
            kernels.planarProduct(
                    input, 0, 1, taps, 0, 3, weights, 0, width, bias, 0, 0, output, 0, BLOCK, 6 * BLOCK, 0f);
            if (call % 2 == 0) {
                kernels.winogradInput(input, 0, 6 * BLOCK, TILES, lines, output, 0, TILES * BLOCK);
                kernels.winogradOutput(input, 0, TILES * BLOCK, TILES, lines, bias, 0, 0f, output, 0, 4 * BLOCK);
                kernels.winogradPooledOutput(input, 0, TILES * BLOCK, TILES, lines, bias, 0, 0f, output, 0, 2 * BLOCK);
            }
        }
    }
}
