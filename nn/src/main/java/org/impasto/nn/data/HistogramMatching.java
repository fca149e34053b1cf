package org.impasto.nn.data;

import java.util.Arrays;
import org.impasto.core.image.Image;

/**
 * Gives each channel of a picture the distribution that the channel has in a reference: the value of rank r of n becomes
 * the reference's value at the same place of its order, between two neighbours by distance. Equal values stay equal: all
 * get what their middle rank would. A picture of the reference's size without equal values gets exactly its values.
 */
public final class HistogramMatching {
    private final float[][] reference = new float[3][];

    private HistogramMatching(Image reference) {
        for (int c = 0; c < 3; c++) {
            this.reference[c] = reference.plane(c);
            Arrays.sort(this.reference[c]);
        }
    }

    /** Matching to one reference. */
    public static HistogramMatching to(Image reference) {
        return new HistogramMatching(reference);
    }

    /** The picture in the reference's distributions; alpha is left behind. */
    public Image matched(Image picture) {
        float[] pixels = picture.pixels();
        int count = pixels.length / 3;
        for (int c = 0; c < 3; c++) {
            float[] sorted = picture.plane(c);
            Arrays.sort(sorted);
            for (int i = c * count; i < (c + 1) * count; i++) {
                int first = firstNotBelow(sorted, pixels[i]);
                int last = firstAbove(sorted, pixels[i]) - 1;
                pixels[i] = at(reference[c], first + (long) last + 1, count);
            }
        }
        return Image.owning(picture.width(), picture.height(), pixels, null);
    }

    /** The value at twice the rank (counted to the middle of a pixel's share) of that many. */
    private static float at(float[] values, long twice, int count) {
        long place = twice * values.length - count; // in units of 1 / (2 count), so equal sizes meet values exactly
        long unit = 2L * count;
        if (place <= 0) {
            return values[0];
        }
        int below = (int) (place / unit);
        if (below >= values.length - 1) {
            return values[values.length - 1];
        }
        float share = (float) ((place % unit) / (double) unit);
        return values[below] + share * (values[below + 1] - values[below]);
    }

    private static int firstNotBelow(float[] sorted, float value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static int firstAbove(float[] sorted, float value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] <= value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
