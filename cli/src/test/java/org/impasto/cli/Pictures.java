package org.impasto.cli;

import java.util.Random;
import org.impasto.core.image.Image;

/** Small pictures for tests, the same ones for the same seed. */
final class Pictures {
    private Pictures() {}

    static Image noise(int width, int height, long seed) {
        Random random = new Random(seed);
        float[] pixels = new float[3 * width * height];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        return Image.of(width, height, pixels);
    }

    static Image plainWithNoise(int width, int height, float red, float green, float blue, long seed) {
        float[] ground = {red, green, blue};
        float[] pixels = noise(width, height, seed).pixels();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = ground[i / (width * height)] + 0.1f * (pixels[i] - 0.5f);
        }
        return Image.of(width, height, pixels);
    }

    /** Slow waves of colour, which a decoder can follow. */
    static Image smooth(int width, int height) {
        float[] pixels = new float[3 * width * height];
        for (int i = 0; i < pixels.length; i++) {
            int x = i % width;
            int y = i / width % height;
            int c = i / (width * height);
            pixels[i] = (float) (0.5 + 0.3 * Math.sin(x * 0.12 + c) * Math.cos(y * 0.1 - c));
        }
        return Image.of(width, height, pixels);
    }

    static double mean(Image picture, int channel) {
        double sum = 0;
        for (float value : picture.plane(channel)) {
            sum += value;
        }
        return sum / (picture.width() * picture.height());
    }

    /** Root mean square of the differences. */
    static double distance(Image a, Image b) {
        float[] first = a.pixels();
        float[] second = b.pixels();
        double sum = 0;
        for (int i = 0; i < first.length; i++) {
            sum += (first[i] - second[i]) * (double) (first[i] - second[i]);
        }
        return Math.sqrt(sum / first.length);
    }
}
