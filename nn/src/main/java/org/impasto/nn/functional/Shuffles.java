package org.impasto.nn.functional;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/** Elements moved to other places: between channels and pixels, mirrored, rotated along an axis, thinned out. */
public final class Shuffles {
    private Shuffles() {}

    /**
     * Groups of r x r channels become r x r pixels, (N, C r^2, H, W) to (N, C, H r, W r): pixel (y r + dy, x r + dx) of
     * channel c is channel (c r + dy) r + dx. Shi and others, 2016; PyTorch's {@code pixel_shuffle}.
     */
    public static Tensor pixelShuffle(Tensor x, int r) {
        return toPixels(x, r, true);
    }

    /** The reverse of {@link #pixelShuffle}: (N, C, H, W) to (N, C r^2, H / r, W / r). Also the squeeze of Glow. */
    public static Tensor pixelUnshuffle(Tensor x, int r) {
        return toChannels(x, r, true);
    }

    /**
     * Squares of r x r pixels become channels, (N, C, H, W) to (N, r^2 C, H / r, W / r): channel (dy r + dx) C + c, as in
     * TensorFlow's {@code space_to_depth}.
     */
    public static Tensor spaceToDepth(Tensor x, int r) {
        return toChannels(x, r, false);
    }

    /** The reverse of {@link #spaceToDepth}. */
    public static Tensor depthToSpace(Tensor x, int r) {
        return toPixels(x, r, false);
    }

    private static Tensor toPixels(Tensor x, int r, boolean channelsFirst) {
        Shape s = x.shape();
        check(s.rank() == 4 && r > 0 && s.size(1) % ((long) r * r) == 0, s, "channels a multiple of " + r + " squared");
        long n = s.size(0);
        long c = s.size(1) / ((long) r * r);
        long h = s.size(2);
        long w = s.size(3);
        return Scope.keeping(() -> (channelsFirst
                        ? x.reshape(n, c, r, r, h, w).permute(0, 1, 4, 2, 5, 3)
                        : x.reshape(n, r, r, c, h, w).permute(0, 3, 4, 1, 5, 2))
                .reshape(n, c, h * r, w * r));
    }

    private static Tensor toChannels(Tensor x, int r, boolean channelsFirst) {
        Shape s = x.shape();
        check(
                s.rank() == 4 && r > 0 && s.size(2) % r == 0 && s.size(3) % r == 0,
                s,
                "height and width multiples of " + r);
        long n = s.size(0);
        long c = s.size(1);
        long h = s.size(2) / r;
        long w = s.size(3) / r;
        return Scope.keeping(() -> {
            Tensor cells = x.reshape(n, c, h, r, w, r);
            return (channelsFirst ? cells.permute(0, 1, 3, 5, 2, 4) : cells.permute(0, 3, 5, 1, 2, 4))
                    .reshape(n, c * r * r, h, w);
        });
    }

    private static void check(boolean holds, Shape found, String expected) {
        if (!holds) {
            throw new ShapeException("shuffle: shape " + found + ", expected N, C, H, W with " + expected);
        }
    }

    /** Mirrored along axes: the first element becomes the last. */
    public static Tensor flip(Tensor x, int... axes) {
        return Scope.keeping(() -> {
            Tensor flipped = x;
            for (int axis : axes) {
                long[] places = new long[x.shape().intSize(axis)];
                Arrays.setAll(places, i -> places.length - 1 - i);
                flipped = flipped.indexSelect(axis, places);
            }
            return flipped;
        });
    }

    /** Moved along an axis by a number of places, towards its end if positive; what falls off comes in at the front. */
    public static Tensor roll(Tensor x, int axis, long shift) {
        long size = x.shape().size(axis);
        long cut = size == 0
                ? 0
                : Math.floorMod(-Math.floorMod(shift, size), size); // the first elements that go to the end
        if (cut == 0) {
            return x;
        }
        return Scope.keeping(() -> Tensor.concat(axis, List.of(x.slice(axis, cut, size - cut), x.slice(axis, 0, cut))));
    }

    /**
     * The elements {@code start}, {@code start + step}, {@code start + 2 step} and so on of an axis.
     *
     * @param start at least 0
     * @param step at least 1
     */
    public static Tensor every(Tensor x, int axis, int start, int step) {
        if (start < 0 || step < 1) {
            throw new ShapeException(
                    "every: start " + start + " and step " + step + ", expected at least 0 and at least 1");
        }
        int size = x.shape().intSize(axis);
        if (step == 1) {
            return x.slice(axis, Math.min(start, size), Math.max(0, size - start));
        }
        long[] places = new long[start >= size ? 0 : (int) (((long) size - start + step - 1) / step)];
        Arrays.setAll(places, i -> start + (long) i * step);
        return x.indexSelect(axis, places);
    }
}
