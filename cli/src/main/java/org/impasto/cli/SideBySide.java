package org.impasto.cli;

import java.util.Arrays;
import org.impasto.core.image.Image;

/** Lays pictures beside each other on white, with thin gaps. */
final class SideBySide {
    private SideBySide() {}

    /**
     * One picture of several, from left to right, each brought to the height of the first with its proportions kept.
     * Transparent pictures are laid on white.
     */
    static Image of(Image... pictures) {
        int height = pictures[0].height();
        int gap = Math.max(2, height / 64);
        Image[] scaled = new Image[pictures.length];
        int width = gap * (pictures.length - 1);
        for (int i = 0; i < pictures.length; i++) {
            Image picture = pictures[i].withAlphaFlattened(1, 1, 1);
            double ratio = (double) picture.width() / picture.height();
            scaled[i] = picture.resized((int) Math.max(1, Math.round(height * ratio)), height);
            width = Math.addExact(width, scaled[i].width());
        }
        float[] chw = new float[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        Arrays.fill(chw, 1);
        int left = 0;
        for (Image picture : scaled) {
            for (int c = 0; c < 3; c++) {
                float[] plane = picture.plane(c);
                for (int y = 0; y < height; y++) {
                    System.arraycopy(plane, y * picture.width(), chw, (c * height + y) * width + left, picture.width());
                }
            }
            left += picture.width() + gap;
        }
        return Image.of(width, height, chw);
    }
}
