package org.impasto.core.image;

import org.impasto.core.ImageException;
import org.jspecify.annotations.Nullable;

/** Whole levels of 8 and 16 bits, and floats in [0, 1]. */
final class Levels {
    /** i / 255. */
    static final float[] EIGHT_BITS = new float[256];

    static {
        for (int i = 0; i < 256; i++) {
            EIGHT_BITS[i] = i / 255f;
        }
    }

    private Levels() {}

    /** round(value * largest), cut to 0..largest; the caller has refused NaN. */
    static int of(float value, int largest) {
        return (int) (Math.min(Math.max(value, 0f), 1f) * largest + 0.5f);
    }

    /** Refuses a picture with a value that is not a number, naming the first such pixel. */
    static void refuseNaN(float[] pixels, float @Nullable [] alpha, int width, int height) {
        refuseNaN(pixels, width, height, new String[] {"red", "green", "blue"});
        if (alpha != null) {
            refuseNaN(alpha, width, height, new String[] {"alpha"});
        }
    }

    private static void refuseNaN(float[] values, int width, int height, String[] planes) {
        for (int i = 0; i < values.length; i++) {
            if (Float.isNaN(values[i])) {
                int pixel = i % (width * height);
                throw new ImageException("the " + planes[i / (width * height)] + " value of pixel x " + pixel % width
                        + ", y " + pixel / width + " is NaN; a picture is written of numbers only");
            }
        }
    }
}
