package org.impasto.cli;

import org.impasto.core.image.Image;

/** Turns a finely sampled picture of linear light into a smooth, encoded one. */
final class Shrunk {
    private Shrunk() {}

    /** Averages squares of {@code factor} samples and encodes with sRGB's transfer function. */
    static Image image(float[] linear, int width, int height, int factor) {
        int w = width / factor;
        int h = height / factor;
        float[] chw = new float[3 * w * h];
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < h; y++) {
                for (int x = 0; x < w; x++) {
                    double sum = 0;
                    for (int j = 0; j < factor; j++) {
                        for (int i = 0; i < factor; i++) {
                            sum += linear[(c * height + y * factor + j) * width + x * factor + i];
                        }
                    }
                    chw[(c * h + y) * w + x] = (float) encode(sum / (factor * factor));
                }
            }
        }
        return Image.of(w, h, chw);
    }

    static double encode(double linear) {
        double v = Math.max(0, Math.min(1, linear));
        return v <= 0.0031308 ? 12.92 * v : 1.055 * StrictMath.pow(v, 1 / 2.4) - 0.055;
    }
}
