package org.impasto.nn.style;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.nn.tiling.Region;
import org.jspecify.annotations.Nullable;

/**
 * Which styles a content gets, in which shares and regions, and how much of them.
 *
 * <p>At a pixel where parts i with weights w_i have masks m_i (1 for a part without), part i has the share
 * {@code w_i m_i / sum(w m)} of the styles, and the picture that they make covers the content by {@code k = min(1, sum m)}:
 * the content's own pixels have the rest, 1 - k. So weights count relative to each other only, masks that add up to 1 leave
 * nothing of the content, one soft mask alone fades from the style to the content, and where all masks are 0 the content
 * stays as it is. A part with a mask measures the content inside its region alone.
 *
 * @param parts at least one
 * @param strength 0 for the content itself to 1 for the styles alone; what lies between is the method's affair, see there
 */
public record StyleMix(List<Part> parts, double strength) {
    /**
     * One style of a mix.
     *
     * @param weight 0 or more
     * @param mask where it counts: 1 x 1 x H x W of numbers in [0, 1], in the content's size; null for everywhere. It
     *     stays the caller's
     */
    public record Part(
            StyleCode style, double weight, @Nullable Tensor mask) {
        /** Checks weight and mask. */
        public Part {
            if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("weight of a style is " + weight + ", expected 0 or more");
            }
            if (mask != null
                    && (mask.shape().rank() != 4
                            || mask.shape().size(0) != 1
                            || mask.shape().size(1) != 1)) {
                throw new ShapeException("mask has shape " + mask.shape() + ", expected 1 x 1 x H x W");
            }
        }
    }

    /** Checks that there are parts, that one has a weight, and the strength. */
    public StyleMix {
        parts = List.copyOf(parts);
        if (parts.stream().noneMatch(part -> part.weight() > 0)) {
            throw new IllegalArgumentException(
                    "a mix of " + parts.size() + " styles, expected one with a weight above 0");
        }
        if (!(strength >= 0 && strength <= 1)) {
            throw new IllegalArgumentException("strength is " + strength + ", expected 0 to 1");
        }
    }

    /** One style for the whole picture, at full strength. */
    public static StyleMix of(StyleCode style) {
        return new StyleMix(List.of(new Part(style, 1, null)), 1);
    }

    /** One style where a mask is 1, at full strength. */
    public static StyleMix of(StyleCode style, Tensor mask) {
        return new StyleMix(List.of(new Part(style, 1, mask)), 1);
    }

    /** This mix and another style for the whole picture. */
    public StyleMix and(StyleCode style, double weight) {
        return and(new Part(style, weight, null));
    }

    /** This mix and another style where a mask is 1. */
    public StyleMix and(StyleCode style, Tensor mask) {
        return and(new Part(style, 1, mask));
    }

    private StyleMix and(Part part) {
        List<Part> all = new ArrayList<>(parts);
        all.add(part);
        return new StyleMix(all, strength);
    }

    /** This mix at another strength. */
    public StyleMix withStrength(double strength) {
        return new StyleMix(parts, strength);
    }

    /** The mix for a content that was filled up as {@link PictureSizes#whole} does: its masks are filled up, too. */
    public StyleMix whole(int cell, int least) {
        return withMasks(mask -> PictureSizes.whole(mask, cell, least));
    }

    /**
     * The mix as it is for some of the content's features; masks hold whole cells, see {@link #whole}.
     *
     * @param cell pixels of the content on a side of a feature; the content begins at the first feature's corner
     */
    public StyleMix within(Region features, int cell) {
        Region pixels = features.enlarged(cell);
        return withMasks(pixels::of);
    }

    private StyleMix withMasks(UnaryOperator<Tensor> change) {
        List<Part> changed = new ArrayList<>();
        for (Part part : parts) {
            Tensor mask = part.mask();
            changed.add(new Part(part.style(), part.weight(), mask == null ? null : change.apply(mask)));
        }
        return new StyleMix(changed, strength);
    }

    /** What features were measured to be, ready to be given styles. */
    public interface Measured {
        /** The features in the manner of a style. */
        Tensor in(StyleCode style);
    }

    /** Measures features, in a region or everywhere. */
    public interface Measure {
        /** Features N x C x h x w, and a region 1 x 1 x h x w of numbers in [0, 1]; null for everywhere. */
        Measured of(Tensor features, @Nullable Tensor region);
    }

    /** Measures features, told whose region it is. */
    interface MeasureOfPart {
        /**
         * What features are.
         *
         * @param part the number of the part whose region it is; {@link #EVERYWHERE} for none
         */
        Measured of(Tensor features, @Nullable Tensor region, int part);
    }

    /** Stands for the number of a part where all cells are meant. */
    static final int EVERYWHERE = -1;

    /** Complains about a content, masks or codes that do not fit. */
    public void check(Tensor content, String method) {
        PictureSizes.check("content", content);
        Shape expected = content.shape().with(1, 1);
        for (Part part : parts) {
            part.style().checkFor(method);
            if (part.mask() != null && !part.mask().shape().equals(expected)) {
                throw new ShapeException("mask has shape " + part.mask().shape() + ", expected " + expected
                        + " for content " + content.shape());
            }
        }
    }

    /**
     * A stylized picture laid over its content where masks cover it: {@code k stylized + (1 - k) content}, the last step of
     * a method.
     *
     * @param stylized of the content's shape
     */
    public Tensor laidOver(Tensor content, Tensor stylized) {
        List<Part> counting = parts.stream().filter(part -> part.weight() > 0).toList();
        if (counting.stream().anyMatch(part -> part.mask() == null)) {
            return stylized;
        }
        return Scope.keeping(() -> {
            Tensor one = content.constant(Shape.scalar(), 1);
            Tensor covered = counting.stream()
                    .map(part -> Objects.requireNonNull(part.mask()))
                    .reduce(Tensor::add)
                    .orElseThrow()
                    .minimum(one);
            // Both products, since a difference would not give the content back to the bit.
            return stylized.mul(covered).add(content.mul(covered.affine(-1, 1)));
        });
    }

    /**
     * Features in the manner of all parts at once: the sum over the parts of their share times the features in their
     * style, and of the features themselves what the strength leaves, or all where no part counts. Everything that strength
     * and masks ask for happens here, but for {@link #laidOver}.
     *
     * @param features of the content, 1 x C x h x w
     * @param cell pixels of the content on a side of a feature; the content begins at the first feature's corner
     */
    public Tensor applied(Tensor features, int cell, Measure measure) {
        Map<Integer, Tensor> regions =
                regions(features.shape().size(2), features.shape().size(3), cell);
        return applied(features, regions, (map, region, part) -> measure.of(map, region));
    }

    /** The same with masks in the size of the features, a part of {@link #regions} where features are. */
    Tensor applied(Tensor features, Map<Integer, Tensor> regions, MeasureOfPart measure) {
        return regions.isEmpty() ? everywhere(features, measure) : byRegion(features, regions, measure);
    }

    /** The masks of the parts that have one, in the size of features of height x width, by the number of the part. */
    Map<Integer, Tensor> regions(long height, long width, int cell) {
        Map<Integer, Tensor> regions = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            Tensor mask = parts.get(i).mask();
            if (mask != null) {
                regions.put(i, PictureSizes.reduced(mask, height, width, cell));
            }
        }
        return regions;
    }

    /**
     * What is measured of a content, and which styles it then gets: by the numbers of the parts with a region that counts,
     * and by {@link #EVERYWHERE} if any has none.
     */
    Map<Integer, Set<StyleCode>> stylesByRegion() {
        Map<Integer, Set<StyleCode>> styles = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (part.weight() > 0) {
                styles.computeIfAbsent(part.mask() == null ? EVERYWHERE : i, region -> new LinkedHashSet<>())
                        .add(part.style());
            }
        }
        return styles;
    }

    private Tensor everywhere(Tensor features, MeasureOfPart measure) {
        double total = parts.stream().mapToDouble(Part::weight).sum();
        Turns turns = new Turns();
        Measured measured = measure.of(features, null, EVERYWHERE);
        Tensor sum = null;
        for (Part part : parts) {
            if (part.weight() > 0) {
                double share = strength * (part.weight() / total);
                Tensor styled = turns.next(measured, part);
                Tensor weighted = share == 1 ? styled : styled.affine(share, 0);
                sum = sum == null ? weighted : sum.add(weighted);
            }
        }
        if (sum == null) {
            throw new IllegalStateException("a mix without a weight");
        }
        return strength == 1 ? sum : sum.add(features.affine(1 - strength, 0));
    }

    private Tensor byRegion(Tensor features, Map<Integer, Tensor> regions, MeasureOfPart measure) {
        Shares shares = shares(features, regions);
        Turns turns = new Turns();
        Measured whole = null;
        Tensor sum = features.mul(shares.rest());
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (part.weight() > 0) {
                Tensor region = regions.get(i);
                Measured measured;
                if (region != null) {
                    measured = measure.of(features, region, i);
                } else {
                    whole = whole == null ? measure.of(features, null, EVERYWHERE) : whole;
                    measured = whole;
                }
                sum = sum.add(turns.next(measured, part).mul(shares.parts().get(i)));
            }
        }
        return sum;
    }

    /** The parts that count take turns, each with its part of the run's progress. */
    private final class Turns {
        private final Run run = Run.current();
        private final double count =
                parts.stream().filter(part -> part.weight() > 0).count();
        private int taken;

        Tensor next(Measured measured, Part part) {
            int turn = taken++;
            try (Scope scope = Scope.open(run.part(turn / count, Math.min(1, (turn + 1) / count)))) {
                return scope.keep(measured.in(part.style()));
            }
        }
    }

    /**
     * Who has how much of a cell. Tensors are 1 x 1 x h x w, or single numbers where all cells are alike.
     *
     * @param regions the masks in the size of features, 1 for a part without
     * @param parts what each part has, with weights and strength
     * @param rest what the features themselves have: 1 - strength, and 1 where no part counts
     */
    public record Shares(List<Tensor> regions, List<Tensor> parts, Tensor rest) {}

    /**
     * Who has how much of each cell of features.
     *
     * @param features of the content, 1 x C x h x w
     * @param cell pixels of the content on a side of a feature; the content begins at the first feature's corner
     */
    public Shares shares(Tensor features, int cell) {
        return shares(
                features, regions(features.shape().size(2), features.shape().size(3), cell));
    }

    private Shares shares(Tensor features, Map<Integer, Tensor> masks) {
        Tensor one = features.constant(Shape.scalar(), 1);
        Tensor none = features.constant(Shape.scalar(), 0);
        Tensor total = none;
        double largest = parts.stream().mapToDouble(Part::weight).max().orElseThrow();
        List<Tensor> regions = new ArrayList<>();
        List<Tensor> weighted = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Tensor region = masks.getOrDefault(i, one);
            Tensor share = region.affine(parts.get(i).weight() / largest, 0); // float32 would not hold the smallest
            regions.add(region);
            weighted.add(share);
            if (parts.get(i).weight() > 0) {
                total = total.add(share);
            }
        }
        Tensor reach = total.greater(none).affine(strength, 0);
        // Where no part counts both are 0; elsewhere the least total is far larger.
        Tensor scale = reach.div(total.maximum(features.constant(Shape.scalar(), Float.MIN_NORMAL)));
        List<Tensor> shares = weighted.stream().map(share -> share.mul(scale)).toList();
        return new Shares(regions, shares, reach.affine(-1, 1));
    }
}
