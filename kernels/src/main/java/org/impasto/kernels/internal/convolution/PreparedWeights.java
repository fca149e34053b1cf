package org.impasto.kernels.internal.convolution;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.core.ShapeException;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.Workers;
import org.jspecify.annotations.Nullable;

/**
 * Weights in the order and form in which an algorithm reads them; made once, used by every convolution with the same
 * channels, kernel, groups and algorithm, whatever its picture size.
 */
public final class PreparedWeights {
    private static final int BLOCK = BlockedLayout.BLOCK;

    /** In what order the plain weights are given. */
    public enum Order {
        /** {@code [out][in/groups][kh][kw]}, the plan's channels. */
        FORWARD,
        /**
         * The weights of the convolution whose data gradient the plan computes: {@code [in][out/groups][kh][kw]} in the
         * plan's channels, to be turned by half a turn. Also the weights of a transposed convolution.
         */
        ADJOINT
    }

    private final float[] values;
    private final ConvolutionPlan.Algorithm algorithm;
    private final int in;
    private final int out;
    private final int groups;
    private final int kernelHeight;
    private final int kernelWidth;
    private final int stride; // decides on the pieces of the kernel for Winograd, else 1
    private final int spreadHeight;
    private final int spreadWidth;
    private final int dilationHeight; // decides on the order of taps where the input is spread, else 1
    private final int dilationWidth;

    private PreparedWeights(float[] values, ConvolutionPlan plan) {
        this.values = values;
        this.algorithm = plan.algorithm();
        this.in = plan.shape().inputChannels();
        this.out = plan.shape().outputChannels();
        this.groups = plan.shape().groups();
        this.kernelHeight = plan.shape().kernelHeight();
        this.kernelWidth = plan.shape().kernelWidth();
        this.stride = stride(plan);
        this.spreadHeight = plan.shape().spreadHeight();
        this.spreadWidth = plan.shape().spreadWidth();
        this.dilationHeight = plan.shape().isSpread() ? plan.shape().dilationHeight() : 1;
        this.dilationWidth = plan.shape().isSpread() ? plan.shape().dilationWidth() : 1;
    }

    private static int stride(ConvolutionPlan plan) {
        return plan.algorithm() == ConvolutionPlan.Algorithm.WINOGRAD
                ? plan.shape().strideHeight()
                : 1;
    }

    /** Whether a plan can use these weights. */
    public boolean fits(ConvolutionPlan plan) {
        ConvolutionShape s = plan.shape();
        return algorithm == plan.algorithm()
                && in == s.inputChannels()
                && out == s.outputChannels()
                && groups == s.groups()
                && kernelHeight == s.kernelHeight()
                && kernelWidth == s.kernelWidth()
                && stride == stride(plan)
                && spreadHeight == s.spreadHeight()
                && spreadWidth == s.spreadWidth()
                && (!s.isSpread() || dilationHeight == s.dilationHeight() && dilationWidth == s.dilationWidth());
    }

    /** Floats that these weights take. */
    public long size() {
        return values.length;
    }

    float[] values() {
        return values;
    }

    /** Floats that the prepared weights of a plan take. */
    static long size(ConvolutionPlan plan) {
        ConvolutionShape s = plan.shape();
        long in = s.inputChannelsPerGroup();
        long out = s.outputChannelsPerGroup();
        long taps = (long) s.kernelHeight() * s.kernelWidth();
        return switch (plan.algorithm()) {
            case WINOGRAD -> WinogradPieces.of(s).weights();
            case DIRECT -> s.groups() * taps * roundUp(in) * roundUp(out);
            case PLANAR -> s.groups() * taps * in * roundUp(out);
            case FEW_OUTPUTS -> taps * roundUp(in) * Kernels.fewOutputColumns((int) out);
            case DEPTHWISE -> taps * roundUp(s.inputChannels());
        };
    }

    private static long roundUp(long channels) {
        return (channels + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** Brings weights into the form of a plan's algorithm. */
    public static PreparedWeights prepare(
            ConvolutionPlan plan, float[] weights, Order order, Workers workers, Run run) {
        long size = size(plan);
        if (size > Integer.MAX_VALUE - 8) {
            throw new ShapeException(
                    "prepared weights of " + plan + " would be " + size + " numbers, more than an array holds");
        }
        return fill(plan, weights, order, new float[(int) size], workers, run);
    }

    /**
     * Brings weights into the form of a plan's algorithm, in an array of the caller's.
     *
     * @param values as many as {@link ConvolutionPlan#preparedSize} says, with any content
     */
    public static PreparedWeights prepare(
            ConvolutionPlan plan, float[] weights, Order order, float[] values, Workers workers, Run run) {
        if (values.length != size(plan)) {
            throw new ShapeException(
                    "array for prepared weights holds " + values.length + " numbers, expected " + size(plan));
        }
        WinogradPieces pieces = WinogradPieces.of(plan.shape());
        boolean filledWholly = plan.algorithm() == ConvolutionPlan.Algorithm.WINOGRAD
                && pieces.inputs() * pieces.channels() == pieces.depth();
        if (!filledWholly) {
            Arrays.fill(values, 0f);
        }
        return fill(plan, weights, order, values, workers, run);
    }

    /** Fills an array of zeros. */
    private static PreparedWeights fill(
            ConvolutionPlan plan, float[] weights, Order order, float[] values, Workers workers, Run run) {
        Source source = Source.of(plan.shape(), weights, order);
        switch (plan.algorithm()) {
            case WINOGRAD -> WinogradWeights.transform(plan.shape(), source, values, workers, run);
            case DIRECT, PLANAR -> panels(plan, source, values, workers, run);
            case FEW_OUTPUTS -> fewOutputs(plan.shape(), source, values);
            case DEPTHWISE -> depthwise(plan.shape(), source, values);
        }
        return new PreparedWeights(values, plan);
    }

    /** Plain weights with the distances between neighbours along each axis. */
    record Source(
            float[] weights,
            int origin,
            int groupStride,
            int outStride,
            int inStride,
            int rowStride,
            int columnStride) {

        static Source of(ConvolutionShape s, float[] weights, Order order) {
            int in = s.inputChannelsPerGroup();
            int out = s.outputChannelsPerGroup();
            int taps = s.kernelHeight() * s.kernelWidth();
            if (weights.length != (long) s.outputChannels() * in * taps) {
                throw new ShapeException("convolution weights hold " + weights.length + " numbers, expected "
                        + s.outputChannels() + "x" + in + "x" + s.kernelHeight() + "x" + s.kernelWidth());
            }
            return order == Order.FORWARD
                    ? new Source(weights, 0, out * in * taps, in * taps, taps, s.kernelWidth(), 1)
                    : new Source(weights, taps - 1, out * in * taps, taps, out * taps, -s.kernelWidth(), -1);
        }

        int at(int group, int out, int in, int row, int column) {
            return origin
                    + group * groupStride
                    + out * outStride
                    + in * inStride
                    + row * rowStride
                    + column * columnStride;
        }
    }

    /**
     * {@code [class of taps][group][panel][tap][channels][width]}: channels are blocks of sixteen (direct) or single ones
     * (planar).
     */
    private static void panels(ConvolutionPlan plan, Source source, float[] values, Workers workers, Run run) {
        ConvolutionShape s = plan.shape();
        int in = s.inputChannelsPerGroup();
        int out = s.outputChannelsPerGroup();
        int channels = plan.algorithm() == ConvolutionPlan.Algorithm.DIRECT ? BLOCK : 1;
        int depth = (in + channels - 1) / channels * channels;
        Panels panels = Panels.of(out);
        TapClasses classes = new TapClasses(s);
        workers.run(classes.count() * s.groups() * panels.count(), run, (index, worker) -> {
            int tapClass = index / panels.count() / s.groups();
            int group = index / panels.count() % s.groups();
            int panel = index % panels.count();
            int width = panels.width(panel);
            int first = panels.start(panel);
            int last = Math.min(out, first + width);
            int[] rows = classes.rows(tapClass);
            int[] columns = classes.columns(tapClass);
            int taps = rows.length * columns.length;
            int offset = (classes.tapsBefore(tapClass) * s.groups() * panels.columns()
                            + (group * panels.columns() + first) * taps)
                    * depth;
            for (int channel = 0; channel < in; channel++) {
                for (int tap = 0; tap < taps; tap++) {
                    int k = (channel / channels * taps + tap) * channels + channel % channels;
                    int at =
                            source.at(group, first, channel, rows[tap / columns.length], columns[tap % columns.length]);
                    for (int o = first; o < last; o++) {
                        values[offset + k * width + o - first] = source.weights()[at];
                        at += source.outStride();
                    }
                }
            }
        });
    }

    private static void fewOutputs(ConvolutionShape s, Source source, float[] values) {
        int columns = Kernels.fewOutputColumns(s.outputChannels());
        for (int out = 0; out < s.outputChannels(); out++) {
            for (int in = 0; in < s.inputChannels(); in++) {
                for (int row = 0; row < s.kernelHeight(); row++) {
                    for (int column = 0; column < s.kernelWidth(); column++) {
                        int tap = (in / BLOCK * s.kernelHeight() + row) * s.kernelWidth() + column;
                        values[(tap * columns + out) * BLOCK + in % BLOCK] =
                                source.weights()[source.at(0, out, in, row, column)];
                    }
                }
            }
        }
    }

    /** {@code [block][tap][16]}. */
    private static void depthwise(ConvolutionShape s, Source source, float[] values) {
        int taps = s.kernelHeight() * s.kernelWidth();
        for (int channel = 0; channel < s.inputChannels(); channel++) {
            for (int row = 0; row < s.kernelHeight(); row++) {
                for (int column = 0; column < s.kernelWidth(); column++) {
                    int tap = row * s.kernelWidth() + column;
                    values[(channel / BLOCK * taps + tap) * BLOCK + channel % BLOCK] =
                            source.weights()[source.at(channel, 0, 0, row, column)];
                }
            }
        }
    }

    /** A bias with zeros behind it up to whole blocks in each group; zeros for none. */
    static float[] paddedBias(ConvolutionPlan plan, float @Nullable [] bias) {
        ConvolutionShape s = plan.shape();
        int groups = plan.algorithm() == ConvolutionPlan.Algorithm.DEPTHWISE ? 1 : s.groups();
        int out = s.outputChannels() / groups;
        int columns = BlockedLayout.roundUp(out);
        if (bias == null) {
            return new float[groups * columns];
        }
        if (bias.length != s.outputChannels()) {
            throw new ShapeException(
                    "convolution bias holds " + bias.length + " numbers, expected " + s.outputChannels());
        }
        if (columns == out) {
            return bias;
        }
        float[] padded = new float[groups * columns];
        for (int group = 0; group < groups; group++) {
            System.arraycopy(bias, group * out, padded, group * columns, out);
        }
        return padded;
    }

    @Override
    public String toString() {
        return algorithm + " weights " + Arrays.asList(out, in / groups, kernelHeight, kernelWidth);
    }
}
