package org.impasto.kernels.internal.convolution;

import org.impasto.core.ShapeException;
import org.impasto.kernels.internal.layout.ActivationLayout;
import org.impasto.kernels.internal.layout.BlockedLayout;

/**
 * How a convolution will be computed: chosen from sizes, options and precision alone, so that results do not depend on
 * time or threads.
 */
public final class ConvolutionPlan {
    /** Whether a faster algorithm with about twice the rounding error may be used. */
    public enum Precision {
        /**
         * Winograd where it pays; an input that is not finite makes NaN of whole tiles of 4x4 results, 8x8 where the input is
         * spread.
         */
        FAST,
        /** Sums of products only. */
        EXACT
    }

    /** The algorithms. */
    public enum Algorithm {
        /**
         * F(4,3): 36 products for 16 outputs; with stride 2, or an input spread by 2, F(4,2): 25; for each of the {@link
         * WinogradPieces pieces} of the kernel.
         */
        WINOGRAD,
        /** Sums over taps of sixteen channels, tiles of pixels and output channels in registers. */
        DIRECT,
        /** The same over taps of single channels: few input channels, or groups off the blocks of sixteen. */
        PLANAR,
        /** Lanes hold input channels: at most four output channels. */
        FEW_OUTPUTS,
        /** One channel a group: lanes hold channels. */
        DEPTHWISE
    }

    private static final int FEW_INPUT_CHANNELS = 4;
    private static final int FEW_OUTPUT_CHANNELS = 4;
    private static final int FEW_TILES = 96; // for which the many weights of F(4,2) are not worth their transform

    private final ConvolutionShape shape;
    private final Fusion fusion;
    private final Algorithm algorithm;

    private ConvolutionPlan(ConvolutionShape shape, Fusion fusion, Algorithm algorithm) {
        this.shape = shape;
        this.fusion = fusion;
        this.algorithm = algorithm;
        BlockedLayout.size(outputLayout(), shape.batch(), shape.outputChannels(), outputHeight(), outputWidth());
    }

    /** The plan for a convolution. */
    public static ConvolutionPlan of(ConvolutionShape shape, Fusion fusion, Precision precision) {
        return new ConvolutionPlan(shape, fusion, choose(shape, fusion, precision));
    }

    /** A plan with an algorithm of the caller's choice; it must suit the shape. For tests and measurements. */
    static ConvolutionPlan with(ConvolutionShape shape, Fusion fusion, Algorithm algorithm) {
        return new ConvolutionPlan(shape, fusion, algorithm);
    }

    private static Algorithm choose(ConvolutionShape s, Fusion fusion, Precision precision) {
        int in = s.inputChannelsPerGroup();
        int out = s.outputChannelsPerGroup();
        if (s.isSpread()) {
            if (!s.hasWholeGroups() || fusion.pool() != Fusion.Pool.NONE) {
                throw new ShapeException("convolution of a spread input needs whole groups and takes no pooling: " + s);
            }
            boolean pays = precision == Precision.FAST && winogradPays(s, fusion);
            return pays ? Algorithm.WINOGRAD : Algorithm.DIRECT;
        }
        if (s.groups() > 1) {
            if (in == 1 && out == 1 && fusion.pool() == Fusion.Pool.NONE) {
                return Algorithm.DEPTHWISE;
            }
            return s.hasWholeGroups() ? Algorithm.DIRECT : Algorithm.PLANAR;
        }
        boolean shallow = in <= FEW_INPUT_CHANNELS;
        if (!shallow && out <= FEW_OUTPUT_CHANNELS && fusion.pool() == Fusion.Pool.NONE) {
            return Algorithm.FEW_OUTPUTS;
        }
        if (precision == Precision.FAST && winogradPays(s, fusion)) {
            return Algorithm.WINOGRAD;
        }
        return shallow ? Algorithm.PLANAR : Algorithm.DIRECT;
    }

    private static boolean winogradPays(ConvolutionShape s, Fusion fusion) {
        WinogradPieces pieces = WinogradPieces.of(s);
        boolean pooled = fusion.pool() != Fusion.Pool.NONE;
        boolean shallow = s.inputChannels() <= FEW_INPUT_CHANNELS && !pieces.unfolded();
        if (!WinogradPieces.suit(s) || shallow || pooled && pieces.rows().isHalved()) {
            return false;
        }
        long tiles =
                (long) pieces.rows().tiles(s.outputHeight()) * pieces.columns().tiles(s.outputWidth());
        if (pieces.rows().isHalved() && tiles < FEW_TILES) {
            return false;
        }
        long computed = (tiles + Kernels.ROWS - 1) / Kernels.ROWS * Kernels.ROWS;
        long channels = pieces.unfolded() ? s.inputChannels() : BlockedLayout.roundUp(s.inputChannels());
        long met = s.isSpread() ? (long) s.height() * s.width() : (long) s.outputHeight() * s.outputWidth();
        long taps = (long) s.kernelHeight() * s.kernelWidth();
        long direct = taps * met * channels / BlockedLayout.BLOCK * BlockedLayout.blocks(s.outputChannels());
        return computed * pieces.cost() <= direct;
    }

    /** The same convolution by an algorithm whose prepared weights are no larger than the weights (about). */
    public ConvolutionPlan withoutWinograd() {
        return algorithm == Algorithm.WINOGRAD ? of(shape, fusion, Precision.EXACT) : this;
    }

    /** Sizes and options. */
    public ConvolutionShape shape() {
        return shape;
    }

    /** What follows the sums. */
    public Fusion fusion() {
        return fusion;
    }

    /** The chosen algorithm. */
    public Algorithm algorithm() {
        return algorithm;
    }

    /** The layout in which the input must be given. */
    public ActivationLayout inputLayout() {
        boolean planes = algorithm == Algorithm.PLANAR && shape.groups() == 1
                || algorithm == Algorithm.WINOGRAD && WinogradPieces.of(shape).unfolded();
        return planes ? ActivationLayout.PLANAR : ActivationLayout.BLOCKED;
    }

    /** The layout in which the output is given: planar where it has at most four channels, for some algorithms. */
    public ActivationLayout outputLayout() {
        return algorithm == Algorithm.FEW_OUTPUTS ? ActivationLayout.PLANAR : ActivationLayout.BLOCKED;
    }

    /** Rows of the stored output. */
    public int outputHeight() {
        return fusion.pool().size(shape.outputHeight());
    }

    /** Columns of the stored output. */
    public int outputWidth() {
        return fusion.pool().size(shape.outputWidth());
    }

    /** Floats that the input array must hold. */
    public int inputSize() {
        return BlockedLayout.size(inputLayout(), shape.batch(), shape.inputChannels(), shape.height(), shape.width());
    }

    /** Floats that the output array must hold. */
    public int outputSize() {
        return BlockedLayout.size(outputLayout(), shape.batch(), shape.outputChannels(), outputHeight(), outputWidth());
    }

    /**
     * Floats of the prepared weights: for Winograd four times the weights, or eleven times those of 3x3 with stride or spread
     * 2; else about as many as the weights.
     */
    public long preparedSize() {
        return PreparedWeights.size(this);
    }

    @Override
    public String toString() {
        return algorithm + " " + shape + " " + fusion;
    }
}
