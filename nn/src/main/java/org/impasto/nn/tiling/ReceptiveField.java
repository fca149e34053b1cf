package org.impasto.nn.tiling;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Convolution;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * Which cells of a network's input a cell of its result depends on, along each axis: the arithmetic of the windows and
 * enlargements that the network consists of, in their order (Araujo, Norris and Sim, "Computing receptive fields of
 * convolutional neural networks", 2019). Both axes are alike.
 *
 * <p>It serves networks whose layers pad at the picture's edges themselves, from the cells near that edge: a tile that
 * begins or ends at an edge is padded there as the whole picture is. Layers that look at all cells, as a normalisation
 * by the picture's mean does, or that take padding from the other side, do not fit: a network is cut at such a layer.
 */
public final class ReceptiveField {
    private static final ReceptiveField IDENTITY = new ReceptiveField(List.of());

    /** Windows of {@code kernel} cells every {@code stride} cells; or each cell repeated {@code factor} times. */
    private record Step(int kernel, int stride, int before, int after, boolean ceil, int factor) {
        int size(int input) {
            if (factor > 1) {
                return Math.multiplyExact(input, factor);
            }
            int room = input + before + after - kernel;
            int windows = (ceil && room > 0 ? room + stride - 1 : room) / stride + 1;
            return ceil && (windows - 1) * stride >= input + before ? windows - 1 : windows;
        }

        Span input(Span result, int size) {
            if (factor > 1) {
                return new Span(result.start() / factor, (result.end() - 1) / factor + 1);
            }
            long start = (long) result.start() * stride - before;
            long end = (result.end() - 1L) * stride - before + kernel;
            return new Span((int) Math.max(0, start), (int) Math.min(size, end));
        }
    }

    private final List<Step> steps;

    private ReceptiveField(List<Step> steps) {
        this.steps = steps;
    }

    /** A result that is the input, cell by cell: layers that look at single cells (1x1, activations) do not reach. */
    public static ReceptiveField identity() {
        return IDENTITY;
    }

    /** Windows behind this, with padding at both ends; an incomplete last window is dropped. */
    public ReceptiveField window(int kernel, int stride, int padding) {
        return with(new Step(kernel, stride, padding, padding, false, 1));
    }

    /** Windows of stride 1 and an odd size that keep the number of cells. */
    public ReceptiveField same(int kernel) {
        return window(kernel, 1, kernel / 2);
    }

    /** Windows without padding or overlap; an incomplete last one is dropped, or counts if {@code ceil}. */
    public ReceptiveField pooling(int size, boolean ceil) {
        return with(new Step(size, size, 0, 0, ceil, 1));
    }

    /** Each cell repeated. */
    public ReceptiveField enlarged(int factor) {
        return factor == 1 ? this : with(new Step(1, 1, 0, 0, false, factor));
    }

    /** A convolution behind this, with a square kernel and a geometry that is the same along both axes. */
    public ReceptiveField convolution(int kernel, Convolution.Geometry geometry) {
        Edges padding = geometry.padding();
        if (geometry.strideHeight() != geometry.strideWidth()
                || geometry.dilationHeight() != geometry.dilationWidth()
                || padding.left() != padding.top()
                || padding.right() != padding.bottom()
                || geometry.mode() == PaddingMode.CIRCULAR && !padding.equals(Edges.none())) {
            throw new ShapeException("a receptive field of a convolution with " + geometry
                    + ", expected both axes alike and padding that is not circular");
        }
        int reach = geometry.dilationHeight() * (kernel - 1) + 1;
        return with(new Step(reach, geometry.strideHeight(), padding.top(), padding.bottom(), false, 1));
    }

    /** What a network behind this one depends on. */
    public ReceptiveField then(ReceptiveField next) {
        List<Step> all = new ArrayList<>(steps);
        all.addAll(next.steps);
        return new ReceptiveField(List.copyOf(all));
    }

    private ReceptiveField with(Step step) {
        return then(new ReceptiveField(List.of(step)));
    }

    /** Number of cells of the result for an input of that many. */
    public int size(int input) {
        int size = input;
        for (Step step : steps) {
            size = step.size(size);
        }
        return size;
    }

    /**
     * The cells of the input that cells of the result depend on, beginning where a tile may begin.
     *
     * @param size cells of the whole input
     */
    public Span input(Span result, int size) {
        int[] sizes = new int[steps.size()];
        int current = size;
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = current;
            current = steps.get(i).size(current);
        }
        Span span = result;
        for (int i = sizes.length - 1; i >= 0; i--) {
            span = steps.get(i).input(span, sizes[i]);
        }
        int cell = alignment();
        return new Span(span.start() / cell * cell, (int) Math.min(size, (span.end() + cell - 1L) / cell * cell));
    }

    /** Both axes of {@link #input(Span, int)}. */
    public Region input(Region result, int height, int width) {
        return new Region(input(result.rows(), height), input(result.columns(), width));
    }

    /** A tile begins at a multiple of this many cells of the input, so that its windows are those of the whole. */
    public int alignment() {
        long up = 1;
        long down = 1;
        long alignment = 1;
        for (Step step : steps) {
            up *= step.factor();
            down *= step.stride();
            long divisor = divisor(up, down);
            up /= divisor;
            down /= divisor;
            alignment = common(alignment, down);
        }
        return Math.toIntExact(alignment);
    }

    /** The cell of the result that stands where an aligned cell of the input does. */
    public int position(int input) {
        long position = input;
        for (Step step : steps) {
            position = position * step.factor() / step.stride();
        }
        return Math.toIntExact(position);
    }

    /**
     * Of what a network made of some cells of its input, those that are wanted.
     *
     * @param result for the cells of {@code input}, which begin where a tile may begin
     * @param wanted where they lie in the whole result
     */
    public Tensor cut(Tensor result, Region input, Region wanted) {
        int top = position(input.rows().start());
        int left = position(input.columns().start());
        return new Region(
                        new Span(wanted.rows().start() - top, wanted.rows().end() - top),
                        new Span(
                                wanted.columns().start() - left,
                                wanted.columns().end() - left))
                .of(result);
    }

    static long common(long a, long b) {
        return a / divisor(a, b) * b;
    }

    private static long divisor(long a, long b) {
        return b == 0 ? a : divisor(b, a % b);
    }
}
