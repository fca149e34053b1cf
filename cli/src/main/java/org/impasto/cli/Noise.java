package org.impasto.cli;

/** Gradient noise (K. Perlin, "Improving noise", 2002) and sums of its octaves; the same numbers on every machine. */
final class Noise {
    private Noise() {}

    /** A number in [0, 1) that looks random for every pair of whole numbers. */
    static double random(int x, int y, int seed) {
        return (hash(x, y, seed) >>> 8) * 0x1p-24;
    }

    private static int hash(int x, int y, int seed) {
        int h = x * 0x8da6b343 + y * 0xd8163841 + seed * 0xcb1ab31f;
        h ^= h >>> 15;
        h *= 0x2c1b3c6d;
        h ^= h >>> 12;
        h *= 0x297a2d39;
        h ^= h >>> 15;
        return h;
    }

    /** Smooth noise in about [-1, 1] with features one unit wide. */
    static double at(double x, double y, int seed) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double dx = x - left;
        double dy = y - top;
        double u = dx * dx * dx * (dx * (dx * 6 - 15) + 10);
        double v = dy * dy * dy * (dy * (dy * 6 - 15) + 10);
        double a = slope(left, top, dx, dy, seed);
        double b = slope(left + 1, top, dx - 1, dy, seed);
        double c = slope(left, top + 1, dx, dy - 1, seed);
        double d = slope(left + 1, top + 1, dx - 1, dy - 1, seed);
        return 1.4 * (a + u * (b - a) + v * (c - a + u * (a - b - c + d)));
    }

    private static double slope(int x, int y, double dx, double dy, int seed) {
        return switch (hash(x, y, seed) >>> 29) {
            case 0 -> dx;
            case 1 -> -dx;
            case 2 -> dy;
            case 3 -> -dy;
            case 4 -> 0.7071 * (dx + dy);
            case 5 -> 0.7071 * (dx - dy);
            case 6 -> 0.7071 * (dy - dx);
            default -> -0.7071 * (dx + dy);
        };
    }

    /** Octaves of noise, each half as wide and half as high as the one before, in about [-1, 1]. */
    static double octaves(double x, double y, int count, int seed) {
        double sum = 0;
        double height = 0.5;
        double px = x;
        double py = y;
        for (int i = 0; i < count; i++) {
            sum += height * at(px, py, seed + i);
            height *= 0.5;
            // turned a little each time, so that the grids do not line up
            double turned = 1.6 * px - 1.2 * py;
            py = 1.2 * px + 1.6 * py;
            px = turned;
        }
        return sum;
    }

    /** Octaves folded at zero into sharp crests, in about [0, 1]; valleys are smoother than crests. */
    static double ridges(double x, double y, int count, int seed) {
        double sum = 0;
        double height = 0.5;
        double weight = 1;
        double px = x;
        double py = y;
        for (int i = 0; i < count; i++) {
            double crest = 1 - Math.abs(at(px, py, seed + i));
            crest *= crest * weight;
            sum += height * crest;
            weight = Math.min(1, 1.6 * crest);
            height *= 0.5;
            double turned = 1.6 * px - 1.2 * py;
            py = 1.2 * px + 1.6 * py;
            px = turned;
        }
        return sum;
    }

    /** 0 below {@code low}, 1 above {@code high}, smooth between. */
    static double step(double low, double high, double x) {
        double t = Math.max(0, Math.min(1, (x - low) / (high - low)));
        return t * t * (3 - 2 * t);
    }
}
