package org.impasto.nn.data;

import java.nio.file.Path;
import java.util.Random;
import org.impasto.core.image.Image;

/** Small pictures for tests. */
final class TrainingPictures {
    private TrainingPictures() {}

    static Image noise(int width, int height, long seed) {
        Random random = new Random(seed);
        float[] pixels = new float[3 * width * height];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        return Image.of(width, height, pixels);
    }

    /** A picture of one grey level. */
    static Image plain(int width, int height, float level) {
        float[] pixels = new float[3 * width * height];
        java.util.Arrays.fill(pixels, level);
        return Image.of(width, height, pixels);
    }

    /** A folder of pictures whose grey levels tell which one they are: number i is i / 255. */
    static PictureFolder numbered(Path folder, int count) {
        for (int i = 0; i < count; i++) {
            plain(9, 7, i / 255f).write(folder.resolve(String.format("%03d.png", i)));
        }
        return PictureFolder.of(folder);
    }

    /** Which picture of a numbered folder this is. */
    static int number(Image picture) {
        return Math.round(picture.value(0, 0, 0) * 255);
    }
}
