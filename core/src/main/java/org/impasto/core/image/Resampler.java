package org.impasto.core.image;

import org.impasto.core.ImageException;
import org.jspecify.annotations.Nullable;

/** Separable antialiased resizing: first along rows, then along columns. */
final class Resampler {
    private Resampler() {}

    static Image resize(Image image, int width, int height, Resampling filter) {
        if (width < 1 || height < 1 || (long) width * height > DeclaredSize.MOST_PIXELS) {
            throw new ImageException("cannot resize to " + width + "x" + height
                    + "; both sides must be positive and the pixels at most " + DeclaredSize.MOST_PIXELS);
        }
        if (width == image.width() && height == image.height()) {
            return image;
        }
        float @Nullable [] alpha = image.sharedAlpha();
        float[] pixels = image.sharedPixels();
        Taps across = new Taps(image.width(), width, filter);
        Taps down = new Taps(image.height(), height, filter);
        int size = image.width() * image.height();
        float[] result = new float[3 * width * height];
        float[] resultAlpha = null;
        if (alpha != null) {
            resultAlpha = new float[width * height];
            plane(alpha, 0, image, resultAlpha, 0, across, down);
            // Colour counts as much as it is visible, so clear pixels do not bleed into their neighbours.
            float[] weighted = new float[3 * size];
            for (int i = 0; i < weighted.length; i++) {
                weighted[i] = pixels[i] * alpha[i % size];
            }
            pixels = weighted;
        }
        for (int c = 0; c < 3; c++) {
            plane(pixels, c * size, image, result, c * width * height, across, down);
        }
        if (resultAlpha != null) {
            for (int i = 0; i < result.length; i++) {
                float a = resultAlpha[i % (width * height)];
                result[i] = a > 0 ? result[i] / a : 0;
            }
        }
        if (filter == Resampling.LANCZOS) {
            cut(result);
            if (resultAlpha != null) {
                cut(resultAlpha);
            }
        }
        return Image.owning(width, height, result, resultAlpha);
    }

    private static void cut(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.min(Math.max(values[i], 0f), 1f);
        }
    }

    private static void plane(float[] from, int start, Image image, float[] to, int target, Taps across, Taps down) {
        int sourceWidth = image.width();
        int sourceHeight = image.height();
        int width = across.count;
        float[] rows = new float[width * sourceHeight];
        for (int y = 0; y < sourceHeight; y++) {
            int row = start + y * sourceWidth;
            for (int x = 0; x < width; x++) {
                float sum = 0;
                int first = row + across.first[x];
                int weight = x * across.most;
                for (int k = 0; k < across.length[x]; k++) {
                    sum += across.weights[weight + k] * from[first + k];
                }
                rows[y * width + x] = sum;
            }
        }
        for (int y = 0; y < down.count; y++) {
            int out = target + y * width;
            for (int k = 0; k < down.length[y]; k++) {
                float weight = down.weights[y * down.most + k];
                int row = (down.first[y] + k) * width;
                for (int x = 0; x < width; x++) {
                    to[out + x] += weight * rows[row + x];
                }
            }
        }
    }

    /** For each target position of one axis the first source position and the weights from there on; their sum is 1. */
    private static final class Taps {
        final int count;
        final int most;
        final int[] first;
        final int[] length;
        final float[] weights;

        Taps(int from, int to, Resampling filter) {
            double scale = (double) from / to;
            double stretch = Math.max(scale, 1);
            double support = filter.support() * stretch;
            count = to;
            most = (int) Math.min(from, Math.ceil(support) * 2 + 1);
            first = new int[to];
            length = new int[to];
            weights = new float[Math.multiplyExact(to, most)];
            double[] row = new double[most];
            for (int i = 0; i < to; i++) {
                double centre = (i + 0.5) * scale;
                int begin = (int) Math.max(0, Math.floor(centre - support + 0.5));
                int end = (int) Math.min(from, Math.floor(centre + support + 0.5));
                double sum = 0;
                for (int k = 0; k < end - begin; k++) {
                    row[k] = filter.weight((begin + k - centre + 0.5) / stretch);
                    sum += row[k];
                }
                for (int k = 0; k < end - begin; k++) {
                    weights[i * most + k] = (float) (row[k] / sum);
                }
                first[i] = begin;
                length[i] = end - begin;
            }
        }
    }
}
