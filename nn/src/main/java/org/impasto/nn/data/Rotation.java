package org.impasto.nn.data;

import org.impasto.core.image.Image;

/** Pictures turned about their middle, without what would lie beyond their edges. */
final class Rotation {
    private Rotation() {}

    /** A picture turned by an angle of at most a quarter of pi either way; pixels between four others by their distances. */
    static Image turned(Image picture, double angle) {
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        // Extents between the centres of the outermost pixels, so that each sample lies between four of them.
        double across = picture.width() - 1;
        double down = picture.height() - 1;
        double tilt = Math.abs(sin);
        double share = 1;
        if (across > 0 && down > 0) {
            share = Math.min(across / (across * cos + down * tilt), down / (across * tilt + down * cos));
        }
        int width = (int) (share * across) + 1;
        int height = (int) (share * down) + 1;
        float[] from = picture.pixels();
        float[] to = new float[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double right = x - (width - 1) / 2.0;
                double below = y - (height - 1) / 2.0;
                // Rounding may reach beyond the edge by less than a billionth of a pixel.
                double column = Math.min(Math.max(across / 2 + cos * right + sin * below, 0), across);
                double row = Math.min(Math.max(down / 2 - sin * right + cos * below, 0), down);
                int left = Math.min((int) column, Math.max(0, picture.width() - 2));
                int top = Math.min((int) row, Math.max(0, picture.height() - 2));
                float shareRight = (float) (column - left);
                float shareBelow = (float) (row - top);
                int next = picture.width() > 1 ? 1 : 0;
                int under = picture.height() > 1 ? picture.width() : 0;
                for (int c = 0; c < 3; c++) {
                    int at = (c * picture.height() + top) * picture.width() + left;
                    float upper = from[at] + shareRight * (from[at + next] - from[at]);
                    float lower = from[at + under] + shareRight * (from[at + under + next] - from[at + under]);
                    to[(c * height + y) * width + x] = upper + shareBelow * (lower - upper);
                }
            }
        }
        return Image.owning(width, height, to, null);
    }
}
