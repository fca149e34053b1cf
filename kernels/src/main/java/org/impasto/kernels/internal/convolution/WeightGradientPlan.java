package org.impasto.kernels.internal.convolution;

import org.impasto.core.ShapeException;
import org.impasto.kernels.internal.convolution.ConvolutionPlan.Precision;
import org.impasto.kernels.internal.layout.ActivationLayout;
import org.impasto.kernels.internal.layout.BlockedLayout;

/** How the weight gradient of a convolution will be computed: chosen from sizes, options and precision alone. */
public final class WeightGradientPlan {
    /** The algorithms. */
    public enum Algorithm {
        /** The transpose of F(4,3): 36 products for 16 outputs. */
        WINOGRAD,
        /** Sums over pixels of products of sixteen input channels and a panel of output channels, tap by tap. */
        DIRECT,
        /** The same for at most four input channels, whose taps are the rows. */
        FEW_INPUTS,
        /** The same for at most four output channels: the columns are input channels. */
        FEW_OUTPUTS,
        /** One channel a group: lanes hold channels. */
        DEPTHWISE
    }

    private static final int FEW_CHANNELS = 4;
    private static final int TILES_TO_PAY = 16; // that cost as much as turning the sums into weights, about

    private final ConvolutionShape shape;
    private final Algorithm algorithm;

    private WeightGradientPlan(ConvolutionShape shape, Algorithm algorithm) {
        this.shape = shape;
        this.algorithm = algorithm;
    }

    /** Whether there is a plan for a shape: its groups must be whole blocks of channels, or of one channel each. */
    public static boolean suits(ConvolutionShape shape) {
        return !shape.isSpread() && (shape.hasWholeGroups() || isDepthwise(shape));
    }

    /** The plan for a convolution that {@link #suits}. */
    public static WeightGradientPlan of(ConvolutionShape shape, Precision precision) {
        if (!suits(shape)) {
            throw new ShapeException("weight gradients need whole groups, or groups of one channel: " + shape);
        }
        return new WeightGradientPlan(shape, choose(shape, precision));
    }

    /** A plan with an algorithm of the caller's choice; it must suit the shape. For tests and measurements. */
    static WeightGradientPlan with(ConvolutionShape shape, Algorithm algorithm) {
        return new WeightGradientPlan(shape, algorithm);
    }

    private static boolean isDepthwise(ConvolutionShape s) {
        return s.groups() > 1 && s.inputChannelsPerGroup() == 1 && s.outputChannelsPerGroup() == 1;
    }

    private static Algorithm choose(ConvolutionShape s, Precision precision) {
        if (isDepthwise(s)) {
            return Algorithm.DEPTHWISE;
        }
        if (s.groups() > 1) {
            return Algorithm.DIRECT;
        }
        if (s.inputChannels() <= FEW_CHANNELS) {
            return Algorithm.FEW_INPUTS;
        }
        boolean dense = s.strideHeight() == 1 && s.strideWidth() == 1;
        if (s.outputChannels() <= FEW_CHANNELS && dense) {
            return Algorithm.FEW_OUTPUTS;
        }
        boolean threeByThree = s.kernelHeight() == 3
                && s.kernelWidth() == 3
                && dense
                && s.dilationHeight() == 1
                && s.dilationWidth() == 1;
        if (precision == Precision.FAST && threeByThree) {
            long tiles = (long) s.batch() * ((s.outputHeight() + 3) / 4) * ((s.outputWidth() + 3) / 4);
            // 36 products a tile and a third more for the transforms, against 9 products a pixel
            if ((tiles + TILES_TO_PAY) * 48 <= 9L * s.batch() * s.outputHeight() * s.outputWidth()) {
                return Algorithm.WINOGRAD;
            }
        }
        return Algorithm.DIRECT;
    }

    /** Sizes and options of the convolution. */
    public ConvolutionShape shape() {
        return shape;
    }

    /** The chosen algorithm. */
    public Algorithm algorithm() {
        return algorithm;
    }

    /** The layout in which the convolution's input must be given. */
    public ActivationLayout inputLayout() {
        return algorithm == Algorithm.FEW_INPUTS ? ActivationLayout.PLANAR : ActivationLayout.BLOCKED;
    }

    /** The layout in which the gradient of the convolution's output must be given. */
    public ActivationLayout gradientLayout() {
        return algorithm == Algorithm.FEW_OUTPUTS ? ActivationLayout.PLANAR : ActivationLayout.BLOCKED;
    }

    /** Floats that the input array must hold. */
    public int inputSize() {
        return BlockedLayout.size(inputLayout(), shape.batch(), shape.inputChannels(), shape.height(), shape.width());
    }

    /** Floats that the array of the output's gradient must hold. */
    public int gradientSize() {
        return BlockedLayout.size(
                gradientLayout(), shape.batch(), shape.outputChannels(), shape.outputHeight(), shape.outputWidth());
    }

    /** Numbers of the weights. */
    public int weightSize() {
        long weights = (long) shape.outputChannels() * shape.inputChannelsPerGroup();
        return Math.toIntExact(Math.multiplyExact(weights, shape.kernelHeight() * shape.kernelWidth()));
    }

    @Override
    public String toString() {
        return algorithm + " weight gradient of " + shape;
    }
}
