package org.impasto.nn.style;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Pooling.Window;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * Style swap (Chen and Schmidt, "Fast patch-based style transfer of arbitrary style", 2016): each 3x3 patch of the
 * content's features is replaced by the style's patch that it correlates with most, and where patches overlap their mean
 * is taken.
 *
 * <p>The correlation is {@code <c, s / |s|>}, so of equally long patches the most similar one wins and long ones gain
 * nothing; on ties it is the first in reading order. All pairs are compared, in pieces of bounded size: time grows with the
 * product of both sizes, memory does not.
 */
public final class StyleSwap {
    static final int SIDE = 3;
    /** Patches of the style that are compared at once, as the weights of one convolution. */
    private static final long PATCHES_AT_ONCE = 512;
    /** Scores that are held at once. */
    private static final long SCORES_AT_ONCE = 1 << 23;

    private StyleSwap() {}

    /**
     * What was found.
     *
     * @param features the content's, 1 x C x H x W, made of the style's patches
     * @param index 1 x (H - 2) x (W - 2) int64: for each patch of the content, by its upper left cell, the number of the
     *     style's patch, {@code y * (W_s - 2) + x}
     * @param correlation 1 x (H - 2) x (W - 2): cosine of the angle between both patches
     */
    public record Result(Tensor features, Tensor index, Tensor correlation) {}

    /**
     * Content features made of a style's patches.
     *
     * @param content 1 x C x H x W, at least 3 x 3
     * @param style 1 x C x H_s x W_s, at least 3 x 3
     */
    public static Tensor apply(Tensor content, Tensor style) {
        return Scope.keeping(() -> swap(content, style).features());
    }

    /** Content features made of a style's patches, and how they match. No gradient flows to the content. */
    public static Result swap(Tensor content, Tensor style) {
        check("content", content);
        check("style", style);
        if (content.shape().size(1) != style.shape().size(1)) {
            throw new ShapeException("style swap: content " + content.shape() + " and style " + style.shape()
                    + " have different numbers of channels");
        }
        try (Scope scope = Scope.open()) {
            Matches matches = matches(content.plain(), style.plain());
            Shape patches = matches.patches;
            Tensor norms = patchNorms(content.plain()).reshape(patches);
            Tensor correlation = Tensor.of(content.plain().backend(), patches, matches.scores)
                    .div(norms);
            return new Result(
                    scope.keep(assembled(style, matches.index, patches.size(1), patches.size(2))),
                    scope.keep(Tensor.ofLongs(content.plain().backend(), patches, matches.index)),
                    scope.keep(correlation));
        }
    }

    /**
     * Two pictures mixed with a weight for each channel: {@code w * first + (1 - w) * second}.
     *
     * @param weights one for each channel, of the first picture
     */
    public static Tensor interpolated(Tensor first, Tensor second, double... weights) {
        Shape shape = first.shape();
        if (shape.rank() != 4
                || shape.size(1) != weights.length
                || !second.shape().equals(shape)) {
            throw new ShapeException("interpolation of " + shape + " and " + second.shape() + " with " + weights.length
                    + " weights, expected two equal shapes N x C x H x W and C weights");
        }
        float[] ours = new float[weights.length];
        float[] others = new float[weights.length];
        for (int c = 0; c < weights.length; c++) {
            ours[c] = (float) weights[c];
            others[c] = (float) (1 - weights[c]);
        }
        return Scope.keeping(() -> {
            Shape channels = Shape.of(1, weights.length, 1, 1);
            return first.mul(Tensor.of(first.plain().backend(), channels, ours))
                    .add(second.mul(Tensor.of(first.plain().backend(), channels, others)));
        });
    }

    /** The best patches for a content, and its progress to the run. */
    static Matches matches(Tensor content, Tensor style) {
        return new Matches(content, style);
    }

    /** The best patch of the style for each patch of the content. */
    static final class Matches {
        final Shape patches;
        final long[] index;
        final float[] scores;
        private final Tensor content;
        private final Tensor style;
        private final Tensor styleNorms;
        private final long columns;
        private final long rows;

        private Matches(Tensor content, Tensor style) {
            this.content = content;
            this.style = style;
            this.patches = Shape.of(
                    1, content.shape().size(2) - SIDE + 1, content.shape().size(3) - SIDE + 1);
            this.index = new long[Math.toIntExact(patches.elements())];
            this.scores = new float[index.length];
            this.styleNorms = patchNorms(style);
            this.columns = style.shape().size(3) - SIDE + 1;
            Arrays.fill(scores, Float.NEGATIVE_INFINITY);
            this.rows = style.shape().size(2) - SIDE + 1;
            // Pieces of one row, or of several whole ones, follow each other in reading order.
            long width = Math.min(columns, PATCHES_AT_ONCE);
            long height = Math.max(1, PATCHES_AT_ONCE / columns);
            for (long top = 0; top < rows; top += height) {
                for (long left = 0; left < columns; left += width) {
                    compare(top, Math.min(height, rows - top), left, Math.min(width, columns - left));
                }
            }
        }

        private void compare(long top, long height, long left, long width) {
            try (Scope scope = Scope.open()) {
                long count = height * width;
                Tensor norms =
                        styleNorms.slice(2, top, height).slice(3, left, width).reshape(count, 1, 1, 1);
                Tensor weights = patches(top, height, left, width).div(norms);
                long lines = patches.size(1);
                long atOnce = Math.max(1, SCORES_AT_ONCE / (count * patches.size(2)));
                double before = (top * columns + left * height) / (double) (rows * columns);
                double share = count / (double) (rows * columns);
                for (long y = 0; y < lines; y += atOnce) {
                    long strip = Math.min(atOnce, lines - y);
                    try (Scope piece = Scope.open()) {
                        Tensor found = content.slice(2, y, strip + SIDE - 1).conv2d(weights, null, Geometry.plain());
                        take(found, Math.toIntExact(y * patches.size(2)), top, left, width);
                    }
                    Run.current().report(Math.min(1, before + share * (y + strip) / lines));
                }
            }
        }

        /** Patches of the style as weights, count x C x 3 x 3. */
        private Tensor patches(long top, long height, long left, long width) {
            long channels = style.shape().size(1);
            List<Tensor> taps = new ArrayList<>();
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    taps.add(style.slice(2, top + y, height)
                            .slice(3, left + x, width)
                            .reshape(1, channels, height * width));
                }
            }
            return Tensor.concat(0, taps).permute(2, 1, 0).reshape(height * width, channels, SIDE, SIDE);
        }

        private void take(Tensor found, int start, long top, long left, long width) {
            float[] best = found.max(1).toFloats();
            long[] place = found.argMax(1).toLongs();
            for (int i = 0; i < best.length; i++) {
                if (best[i] > scores[start + i]) {
                    scores[start + i] = best[i];
                    index[start + i] = (top + place[i] / width) * columns + left + place[i] % width;
                }
            }
        }
    }

    /**
     * The style's patches laid down where they match, and the mean taken where they overlap.
     *
     * @param index which ones, in reading order of {@code height} rows of {@code width}
     * @return 1 x C x (height + 2) x (width + 2)
     */
    static Tensor assembled(Tensor style, long[] index, long height, long width) {
        return Scope.keeping(() -> {
            Shape shape = style.shape();
            long channels = shape.size(1);
            long columns = shape.size(3) - SIDE + 1;
            Tensor cells = style.reshape(channels, shape.size(2) * shape.size(3));
            Tensor ones = style.constant(Shape.of(1, 1, height, width), 1);
            Tensor sum = style.constant(Shape.scalar(), 0);
            Tensor count = sum;
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    long[] taken = new long[index.length];
                    for (int i = 0; i < taken.length; i++) {
                        long patch = index[i];
                        taken[i] = (patch / columns + y) * shape.size(3) + patch % columns + x;
                    }
                    Edges edges = new Edges(x, SIDE - 1 - x, y, SIDE - 1 - y);
                    Tensor before = sum;
                    sum = Scope.keeping(() -> before.add(cells.indexSelect(1, taken)
                            .reshape(1, channels, height, width)
                            .pad(edges, PaddingMode.ZERO)));
                    count = count.add(ones.pad(edges, PaddingMode.ZERO));
                }
            }
            return sum.div(count);
        });
    }

    /** The length of each 3x3 patch, 1 x 1 x (H - 2) x (W - 2), not quite zero where all cells are. */
    private static Tensor patchNorms(Tensor features) {
        return Scope.keeping(() -> features.square()
                .sum(1)
                .avgPool2d(new Window(SIDE, 1, 0, 1, false), false)
                .affine(SIDE * SIDE, 0)
                .sqrt()
                .clamp(Float.MIN_NORMAL, Double.MAX_VALUE));
    }

    private static void check(String what, Tensor features) {
        Shape shape = features.shape();
        if (shape.rank() != 4 || shape.size(0) != 1 || shape.size(2) < SIDE || shape.size(3) < SIDE) {
            throw new ShapeException(
                    "style swap: " + what + " has shape " + shape + ", expected 1 x C x H x W of at least 3 x 3 cells");
        }
    }
}
