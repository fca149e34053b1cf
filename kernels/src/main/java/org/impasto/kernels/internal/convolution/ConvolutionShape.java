package org.impasto.kernels.internal.convolution;

import org.impasto.core.PaddingMode;
import org.impasto.core.ShapeException;

/**
 * Sizes and options of a two-dimensional convolution, a cross-correlation without flip as in PyTorch.
 *
 * <p>Input is batch x inputChannels x height x width, weights are outputChannels x inputChannels/groups x kernelHeight x
 * kernelWidth. Padding is given for each side in pixels, with one mode for all of them.
 */
public record ConvolutionShape(
        int batch,
        int inputChannels,
        int height,
        int width,
        int outputChannels,
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int dilationHeight,
        int dilationWidth,
        int groups,
        int top,
        int bottom,
        int left,
        int right,
        PaddingMode mode) {

    /** Checks that the sizes are positive, that groups divide the channels and that the kernel fits. */
    public ConvolutionShape {
        if (batch < 0 || inputChannels < 1 || height < 1 || width < 1 || outputChannels < 1) {
            throw new ShapeException("convolution of " + batch + "x" + inputChannels + "x" + height + "x" + width
                    + " to " + outputChannels + " channels: sizes must be positive");
        }
        if (kernelHeight < 1
                || kernelWidth < 1
                || strideHeight < 1
                || strideWidth < 1
                || dilationHeight < 1
                || dilationWidth < 1) {
            throw new ShapeException("convolution kernel " + kernelHeight + "x" + kernelWidth + ", stride "
                    + strideHeight + "x" + strideWidth + ", dilation " + dilationHeight + "x" + dilationWidth
                    + ": all must be positive");
        }
        if (groups < 1 || inputChannels % groups != 0 || outputChannels % groups != 0) {
            throw new ShapeException("convolution of " + inputChannels + " to " + outputChannels + " channels in "
                    + groups + " groups: the groups must divide both");
        }
        if (top < 0 || bottom < 0 || left < 0 || right < 0) {
            throw new ShapeException("convolution padding top " + top + ", bottom " + bottom + ", left " + left
                    + ", right " + right + " is negative; crop first");
        }
        long reachHeight = (long) dilationHeight * (kernelHeight - 1) + 1;
        long reachWidth = (long) dilationWidth * (kernelWidth - 1) + 1;
        if (reachHeight > (long) height + top + bottom || reachWidth > (long) width + left + right) {
            throw new ShapeException("convolution kernel reaches over " + reachHeight + "x" + reachWidth
                    + " pixels, more than the padded input of " + ((long) height + top + bottom) + "x"
                    + ((long) width + left + right));
        }
    }

    /** A square kernel with stride 1, zero padding that keeps the size, and one group. */
    public static ConvolutionShape same(
            int batch, int inputChannels, int height, int width, int outputChannels, int kernel) {
        int before = (kernel - 1) / 2;
        int after = kernel / 2;
        return new ConvolutionShape(
                batch,
                inputChannels,
                height,
                width,
                outputChannels,
                kernel,
                kernel,
                1,
                1,
                1,
                1,
                1,
                before,
                after,
                before,
                after,
                PaddingMode.ZERO);
    }

    /** Rows of the output before any pooling. */
    public int outputHeight() {
        return (height + top + bottom - dilationHeight * (kernelHeight - 1) - 1) / strideHeight + 1;
    }

    /** Columns of the output before any pooling. */
    public int outputWidth() {
        return (width + left + right - dilationWidth * (kernelWidth - 1) - 1) / strideWidth + 1;
    }

    /** Input channels that an output channel sees. */
    public int inputChannelsPerGroup() {
        return inputChannels / groups;
    }

    /** Output channels of a group. */
    public int outputChannelsPerGroup() {
        return outputChannels / groups;
    }

    /** Floating-point operations of the direct form: two for each multiply-add. */
    public double operations() {
        return 2.0
                * batch
                * outputChannels
                * outputHeight()
                * outputWidth()
                * inputChannelsPerGroup()
                * kernelHeight
                * kernelWidth;
    }
}
