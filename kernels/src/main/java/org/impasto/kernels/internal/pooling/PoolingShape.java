package org.impasto.kernels.internal.pooling;

import org.impasto.core.ShapeException;
import org.impasto.kernels.internal.layout.BlockedLayout;

/**
 * Sizes and options of a pooling of batch x channels x height x width, as PyTorch defines them.
 *
 * <p>With e = dilation (kernel - 1) + 1 an axis of n pixels gives floor((n + 2 padding - e) / stride) + 1 windows; in
 * ceil mode ceil(...) + 1, less one where the last window would begin at or beyond n + padding. Window i begins at i
 * stride - padding.
 */
public record PoolingShape(
        int batch,
        int channels,
        int height,
        int width,
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int paddingHeight,
        int paddingWidth,
        int dilationHeight,
        int dilationWidth,
        boolean ceilMode) {

    /** Checks that sizes are positive, that padding is at most half of the kernel, and that a window fits. */
    public PoolingShape {
        if (batch < 0 || channels < 1 || height < 1 || width < 1) {
            throw new ShapeException(
                    "pooling of " + batch + "x" + channels + "x" + height + "x" + width + ": sizes must be positive");
        }
        if (kernelHeight < 1
                || kernelWidth < 1
                || strideHeight < 1
                || strideWidth < 1
                || dilationHeight < 1
                || dilationWidth < 1) {
            throw new ShapeException("pooling kernel " + kernelHeight + "x" + kernelWidth + ", stride " + strideHeight
                    + "x" + strideWidth + ", dilation " + dilationHeight + "x" + dilationWidth
                    + ": all must be positive");
        }
        if (paddingHeight < 0
                || paddingWidth < 0
                || paddingHeight > kernelHeight / 2
                || paddingWidth > kernelWidth / 2) {
            throw new ShapeException("pooling padding " + paddingHeight + "x" + paddingWidth
                    + ", expected 0 to half of the kernel " + kernelHeight + "x" + kernelWidth);
        }
        if (windows(height, kernelHeight, strideHeight, paddingHeight, dilationHeight, ceilMode) < 1
                || windows(width, kernelWidth, strideWidth, paddingWidth, dilationWidth, ceilMode) < 1) {
            throw new ShapeException("pooling kernel " + kernelHeight + "x" + kernelWidth + " with dilation "
                    + dilationHeight + "x" + dilationWidth + " does not fit into " + height + "x" + width
                    + " with padding " + paddingHeight + "x" + paddingWidth);
        }
    }

    /** A square kernel with equal stride, no padding. */
    public static PoolingShape square(int batch, int channels, int height, int width, int kernel, boolean ceilMode) {
        return new PoolingShape(batch, channels, height, width, kernel, kernel, kernel, kernel, 0, 0, 1, 1, ceilMode);
    }

    private static int windows(int n, int kernel, int stride, int padding, int dilation, boolean ceilMode) {
        long room = (long) n + 2L * padding - ((long) dilation * (kernel - 1) + 1);
        if (!ceilMode) {
            return room < 0 ? 0 : (int) (room / stride) + 1;
        }
        long windows = -Math.floorDiv(-room, (long) stride) + 1;
        if ((windows - 1) * stride >= (long) n + padding) {
            windows--;
        }
        return (int) Math.max(0, windows);
    }

    /** Rows of the output. */
    public int outputHeight() {
        return windows(height, kernelHeight, strideHeight, paddingHeight, dilationHeight, ceilMode);
    }

    /** Columns of the output. */
    public int outputWidth() {
        return windows(width, kernelWidth, strideWidth, paddingWidth, dilationWidth, ceilMode);
    }

    /** Floats of the blocked input. */
    public int inputSize() {
        return BlockedLayout.size(batch, channels, height, width);
    }

    /** Floats of the blocked output. */
    public int outputSize() {
        return BlockedLayout.size(batch, channels, outputHeight(), outputWidth());
    }
}
