package org.impasto.nn.training;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.ImageException;
import org.impasto.core.image.Image;

/** Lays pictures out in rows on white. */
public final class PictureGrid {
    private static final int GAP = 4;

    private PictureGrid() {}

    /**
     * One picture of many. A column is as wide as its widest picture, a row as high as its highest; alpha is laid on
     * white.
     *
     * @param rows pictures from left to right, row by row; rows may differ in length
     * @throws ImageException if there is no picture
     */
    public static Image of(List<List<Image>> rows) {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        if (columns == 0) {
            throw new ImageException("a grid of no pictures, expected one or more");
        }
        int[] widths = new int[columns];
        int[] heights = new int[rows.size()];
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < rows.get(row).size(); column++) {
                Image picture = rows.get(row).get(column);
                widths[column] = Math.max(widths[column], picture.width());
                heights[row] = Math.max(heights[row], picture.height());
            }
        }
        int width = Arrays.stream(widths).sum() + GAP * (widths.length + 1);
        int height = Arrays.stream(heights).sum() + GAP * (heights.length + 1);
        float[] whole = new float[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        Arrays.fill(whole, 1);
        int top = GAP;
        for (int row = 0; row < rows.size(); row++) {
            int left = GAP;
            for (int column = 0; column < rows.get(row).size(); column++) {
                put(rows.get(row).get(column).withAlphaFlattened(1, 1, 1), whole, width, height, left, top);
                left += widths[column] + GAP;
            }
            top += heights[row] + GAP;
        }
        return Image.owning(width, height, whole, null);
    }

    private static void put(Image picture, float[] whole, int width, int height, int left, int top) {
        float[] pixels = picture.pixels();
        for (int line = 0; line < 3 * picture.height(); line++) {
            int channel = line / picture.height();
            int y = top + line % picture.height();
            System.arraycopy(
                    pixels, line * picture.width(), whole, (channel * height + y) * width + left, picture.width());
        }
    }
}
