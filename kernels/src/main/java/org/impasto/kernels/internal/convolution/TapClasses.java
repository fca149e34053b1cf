package org.impasto.kernels.internal.convolution;

import java.util.stream.IntStream;

/**
 * The taps of a kernel in classes of those that can meet the input together: where zeros stand between its pixels, the
 * place of a tap, modulo the spread, decides which output pixels it meets a pixel for. Without a spread there is one class.
 */
final class TapClasses {
    private final ConvolutionShape shape;

    TapClasses(ConvolutionShape shape) {
        this.shape = shape;
    }

    int count() {
        return shape.spreadHeight() * shape.spreadWidth();
    }

    /** Rows of the kernel that belong to a class. */
    int[] rows(int index) {
        return taps(shape.kernelHeight(), shape.dilationHeight(), shape.spreadHeight(), index / shape.spreadWidth());
    }

    /** Columns of the kernel that belong to a class. */
    int[] columns(int index) {
        return taps(shape.kernelWidth(), shape.dilationWidth(), shape.spreadWidth(), index % shape.spreadWidth());
    }

    /** Taps of the classes before that one. */
    int tapsBefore(int index) {
        int taps = 0;
        for (int i = 0; i < index; i++) {
            taps += rows(i).length * columns(i).length;
        }
        return taps;
    }

    private static int[] taps(int kernel, int dilation, int spread, int residue) {
        return IntStream.range(0, kernel)
                .filter(tap -> tap * dilation % spread == residue)
                .toArray();
    }
}
