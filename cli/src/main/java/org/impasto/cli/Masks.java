package org.impasto.cli;

import org.impasto.core.Backend;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.core.image.Image;

/** Masks from pictures: white is 1; black and what is transparent are 0. */
final class Masks {
    private Masks() {}

    /** How bright the mask is at each pixel of a content, to whose size it is brought. */
    static float[] brightness(Image mask, Image content) {
        Image fitted = mask.width() == content.width() && mask.height() == content.height()
                ? mask
                : mask.resized(content.width(), content.height());
        float[] pixels = fitted.withAlphaFlattened(0, 0, 0).pixels();
        int area = fitted.width() * fitted.height();
        float[] brightness = new float[area];
        for (int p = 0; p < area; p++) {
            float mean = (pixels[p] + pixels[area + p] + pixels[2 * area + p]) / 3;
            brightness[p] = Math.min(1, Math.max(0, mean));
        }
        return brightness;
    }

    /** The same as 1 x 1 x H x W. */
    static Tensor tensor(Image mask, Image content, Backend backend) {
        return Tensor.of(backend, Shape.of(1, 1, content.height(), content.width()), brightness(mask, content));
    }
}
