package org.impasto.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.impasto.core.image.Image;

/** Lays pictures beside each other on white, with thin gaps. */
final class SideBySide {
    private SideBySide() {}

    /** Where such a picture goes: beside the result, to NAME-compare.png. */
    static Path place(Path result) {
        String name = String.valueOf(result.getFileName());
        int dot = name.lastIndexOf('.');
        return result.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + "-compare.png");
    }

    /**
     * One picture of several, from left to right, each brought to the height of the first with its proportions kept.
     * Transparent pictures are laid on white.
     */
    static Image of(List<Image> pictures) {
        int height = pictures.get(0).height();
        int gap = Math.max(2, height / 64);
        Image[] scaled = new Image[pictures.size()];
        int width = gap * (pictures.size() - 1);
        for (int i = 0; i < scaled.length; i++) {
            Image picture = pictures.get(i).withAlphaFlattened(1, 1, 1);
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
