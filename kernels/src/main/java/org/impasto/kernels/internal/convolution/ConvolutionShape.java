package org.impasto.kernels.internal.convolution;

import org.impasto.core.PaddingMode;
import org.impasto.core.ShapeException;
import org.impasto.kernels.internal.layout.BlockedLayout;

/**
 * Sizes and options of a two-dimensional convolution, a cross-correlation without flip as in PyTorch.
 *
 * <p>Input is batch x inputChannels x height x width, weights are outputChannels x inputChannels/groups x kernelHeight x
 * kernelWidth. Padding is given for each side in pixels, with one mode for all of them.
 *
 * <p>A transposed convolution is a convolution of a spread input with turned weights: {@code spread - 1} zeros stand between
 * neighbouring pixels, and the padding around them.
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
        PaddingMode mode,
        int spreadHeight,
        int spreadWidth) {

    /** A convolution whose input is not spread. */
    public ConvolutionShape(
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
        this(
                batch,
                inputChannels,
                height,
                width,
                outputChannels,
                kernelHeight,
                kernelWidth,
                strideHeight,
                strideWidth,
                dilationHeight,
                dilationWidth,
                groups,
                top,
                bottom,
                left,
                right,
                mode,
                1,
                1);
    }

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
        boolean spread = spreadHeight > 1 || spreadWidth > 1;
        if (spreadHeight < 1
                || spreadWidth < 1
                || spread && (strideHeight > 1 || strideWidth > 1 || mode != PaddingMode.ZERO)) {
            throw new ShapeException("convolution input spread by " + spreadHeight + "x" + spreadWidth
                    + ": it must be positive, and takes neither a stride nor padding mode " + mode);
        }
        long reachHeight = (long) dilationHeight * (kernelHeight - 1) + 1;
        long reachWidth = (long) dilationWidth * (kernelWidth - 1) + 1;
        if (reachHeight > (height - 1L) * spreadHeight + 1 + top + bottom
                || reachWidth > (width - 1L) * spreadWidth + 1 + left + right) {
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
        return ((height - 1) * spreadHeight + 1 + top + bottom - dilationHeight * (kernelHeight - 1) - 1) / strideHeight
                + 1;
    }

    /** Columns of the output before any pooling. */
    public int outputWidth() {
        return ((width - 1) * spreadWidth + 1 + left + right - dilationWidth * (kernelWidth - 1) - 1) / strideWidth + 1;
    }

    /** Whether zeros stand between the input's pixels. */
    public boolean isSpread() {
        return spreadHeight > 1 || spreadWidth > 1;
    }

    /** Whether groups begin and end with blocks of channels. */
    public boolean hasWholeGroups() {
        return groups == 1
                || inputChannelsPerGroup() % BlockedLayout.BLOCK == 0
                        && outputChannelsPerGroup() % BlockedLayout.BLOCK == 0;
    }

    /** Whether each output pixel reads one input pixel, at the same place. */
    public boolean isPointwise() {
        return kernelHeight == 1
                && kernelWidth == 1
                && strideHeight == 1
                && strideWidth == 1
                && top + bottom + left + right == 0
                && !isSpread();
    }

    /** The same {@linkplain #isPointwise pointwise} convolution of a single row of pixels. */
    public ConvolutionShape flattened() {
        return new ConvolutionShape(
                batch,
                inputChannels,
                1,
                Math.multiplyExact(height, width),
                outputChannels,
                1,
                1,
                1,
                1,
                1,
                1,
                groups,
                0,
                0,
                0,
                0,
                mode);
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
        boolean spread = isSpread(); // each input pixel meets each tap once
        return 2.0
                * batch
                * outputChannels
                * (spread ? height : outputHeight())
                * (spread ? width : outputWidth())
                * inputChannelsPerGroup()
                * kernelHeight
                * kernelWidth;
    }
}
