package org.impasto.cli;

import java.util.stream.IntStream;
import org.impasto.core.image.Image;
import org.jspecify.annotations.Nullable;

/**
 * A landscape seen from the shore of a lake: a height field of ridges, drawn column by column from near to far, lit by
 * the sun, fading into the air, mirrored in the water. Lengths are in metres, colours linear.
 */
final class MountainLake {
    private static final int SAMPLES = 2;
    private static final double EYE = 9;
    /** Height of the horizon in the picture. */
    private static final double HORIZON = 0.60;
    /** Metres of width, a metre away, that the picture's height covers. */
    private static final double FIELD = 0.72;

    private static final double FARTHEST = 14000;
    private static final double TREE_LINE = 620;

    private static final double[] SUN = unit(-0.80, 0.50, -0.10);
    private static final double[] HAZE = {0.50, 0.62, 0.78};

    private final int width;
    private final int height;

    MountainLake(int width, int height) {
        this.width = width * SAMPLES;
        this.height = height * SAMPLES;
    }

    Image render() {
        float[] fine = new float[3 * width * height];
        IntStream.range(0, width).parallel().forEach(x -> column(x, fine));
        return Shrunk.image(fine, width, height, SAMPLES);
    }

    /** One column of the picture: the land as it is and as the lake mirrors it, the sky above, the water below. */
    private void column(int column, float[] picture) {
        double side = (column + 0.5 - width / 2.0) / height * FIELD;
        double horizon = HORIZON * height;
        double[] @Nullable [] seen = new double[height][];
        double[] @Nullable [] mirrored = new double[height][];
        land(side, horizon, seen, mirrored);
        for (int y = 0; y < horizon; y++) {
            double[] sky = sky(side, (horizon - y - 0.5) / height * FIELD);
            if (seen[y] == null) {
                seen[y] = sky;
            }
            if (mirrored[y] == null) {
                mirrored[y] = sky;
            }
        }
        for (int y = 0; y < height; y++) {
            double[] land = seen[y];
            double[] color = land == null ? water(side, y, horizon, mirrored) : land;
            for (int c = 0; c < 3; c++) {
                picture[(c * height + y) * width + column] = (float) Math.min(1, Math.max(0, color[c]));
            }
        }
    }

    /** Draws the land from near to far, as seen from the eye and from the eye's mirror image below the lake. */
    private void land(double side, double horizon, double[] @Nullable [] seen, double[] @Nullable [] mirrored) {
        double scale = height / FIELD;
        int top = height;
        for (double z = 12; z < FARTHEST; z += Math.max(0.25, z * 0.0026)) {
            double x = side * z;
            double ground = ground(x, z, octavesAt(z));
            if (ground <= 0) {
                top = Math.min(top, row(horizon + EYE / z * scale));
                continue;
            }
            double tree = trees(x, z, ground);
            double level = ground + tree;
            int first = row(horizon - (level - EYE) / z * scale);
            int mirroredFirst = row(horizon - (level + EYE) / z * scale);
            // the mirrored eye sees land at this distance through the water that is nearer
            int shore = row(horizon - EYE / z * scale);
            int open = shore;
            while (open > mirroredFirst && mirrored[open - 1] != null) {
                open--;
            }
            if (first >= top && open == mirroredFirst) {
                continue;
            }
            double[] color = shade(x, z, ground, tree);
            for (int y = first; y < top; y++) {
                seen[y] = leafed(color, x, z, tree, EYE + (horizon - y) / scale * z);
            }
            for (int y = mirroredFirst; y < open; y++) {
                if (mirrored[y] == null) {
                    mirrored[y] = leafed(color, x, z, tree, (horizon - y) / scale * z - EYE);
                }
            }
            top = Math.min(top, first);
        }
    }

    private static int row(double y) {
        return (int) Math.max(0, Math.ceil(y - 0.5));
    }

    /** The colour of a fir at a height, with the shadows between its branches; other ground stays as it is. */
    private static double[] leafed(double[] color, double x, double z, double tree, double level) {
        if (tree == 0 || z > 500) {
            return color;
        }
        double leaf = 0.95 + 0.9 * Noise.octaves(1.1 * x, 1.5 * level + 0.4 * z, 3, 95);
        double shade = leaf * (0.45 + 0.55 * Noise.step(1, 14, level));
        return new double[] {color[0] * shade, color[1] * shade, color[2] * shade};
    }

    private static int octavesAt(double distance) {
        return distance < 1500 ? 9 : distance < 5000 ? 8 : 7;
    }

    /** Height of the ground above the lake. */
    private static double ground(double x, double z, int octaves) {
        double valley = Math.abs(x - 160 * Math.sin(z / 900.0)) / (260 + 0.10 * z);
        double walls = Noise.step(0.7, 3.2, valley);
        double shore = 30 * Noise.octaves(x / 240, z / 240, 4, 40);
        double height = -26 + 60 * walls + 90 * Noise.step(1350, 2300, z) + shore;
        if (z < 400) {
            // a spit of land on the left and a smaller one on the right frame the view
            height = Math.max(height, spit(x, z, -92, 150, 62, 40));
            height = Math.max(height, spit(x, z, 150, 235, 62, 30));
        }
        double rise = Noise.step(1500, 7000, z);
        double mass = Math.max(rise, 0.55 * Noise.step(1.0, 4.0, valley) * Noise.step(250, 1700, z));
        if (mass == 0) {
            return height;
        }
        double warpX = x + 260 * Noise.octaves(x / 1700, z / 1700, 3, 60);
        double warpZ = z + 260 * Noise.octaves(x / 1700 + 7, z / 1700 + 3, 3, 61);
        double ridge = Noise.ridges(warpX / 3300 + 3.7, warpZ / 3300 + 1.3, octaves, 11);
        return height + mass * (1500 * ridge * ridge + 620 * ridge);
    }

    private static double spit(double x, double z, double centreX, double centreZ, double wide, double deep) {
        double away = Math.hypot((x - centreX) / wide, (z - centreZ) / deep);
        return away > 1.6 ? -100 : 6.5 * (1 - away * away) + 2.2 * Noise.octaves(x / 14, z / 14, 4, 45);
    }

    /** Height of the firs at a place, ragged cones on a jittered grid. */
    private static double trees(double x, double z, double ground) {
        if (ground < 1.5 || ground > 1.4 * TREE_LINE) {
            return 0;
        }
        double cell = 7;
        int cx = (int) Math.floor(x / cell);
        int cz = (int) Math.floor(z / cell);
        double highest = 0;
        for (int gx = cx - 1; gx <= cx + 1; gx++) {
            for (int gz = cz - 1; gz <= cz + 1; gz++) {
                double dx = x - (gx + 0.15 + 0.7 * Noise.random(gx, gz, 1)) * cell;
                double dz = z - (gz + 0.15 + 0.7 * Noise.random(gx, gz, 2)) * cell;
                double size = 10 + 15 * Noise.random(gx, gz, 4) * Noise.random(gx, gz, 5);
                double away = Math.sqrt(dx * dx + dz * dz) / (0.16 * size);
                if (away >= 1.3) {
                    continue;
                }
                if (z < 500) {
                    // branches stand out by tiers
                    away *= 0.9 + 0.30 * Noise.at(2.1 * x, 2.1 * z, 6);
                    away = 0.5 * away + 0.5 / 7 * Math.ceil(7 * away);
                }
                if (size * (1 - away) > highest && isWooded(gx * cell, gz * cell, ground, gx, gz)) {
                    highest = size * (1 - away);
                }
            }
        }
        return highest;
    }

    private static boolean isWooded(double x, double z, double ground, int gx, int gz) {
        double wood = Noise.octaves(x / 130, z / 130, 3, 80) + 0.24 - ground / TREE_LINE;
        return wood > 0.35 * Noise.random(gx, gz, 3) - 0.12;
    }

    private static double[] shade(double x, double z, double ground, double tree) {
        int octaves = octavesAt(z);
        double d = Math.max(0.6, z * 0.0016);
        double slopeX = (ground(x + d, z, octaves) - ground(x - d, z, octaves)) / (2 * d);
        double slopeZ = (ground(x, z + d, octaves) - ground(x, z - d, octaves)) / (2 * d);
        double length = Math.sqrt(1 + slopeX * slopeX + slopeZ * slopeZ);
        double light = Math.max(0, (-slopeX * SUN[0] + SUN[1] - slopeZ * SUN[2]) / length);
        double up = 1 / length;
        double patch = Noise.octaves(x / 90, z / 90, 4, 90);
        double fine = z < 500 ? Noise.octaves(x / 1.4, z / 1.4, 3, 91) : Noise.octaves(x / 9, z / 9, 3, 91);

        double grass = Noise.step(0.62, 0.80, up + 0.08 * patch) * (1 - Noise.step(520, 900, ground + 160 * patch));
        double snow = Noise.step(620, 980, ground + 260 * patch) * Noise.step(0.34, 0.56, up + 0.12 * fine);
        double stone = 0.85 + 0.45 * fine + 0.25 * patch;
        double r = 0.215 * stone;
        double g = 0.195 * stone;
        double b = 0.185 * stone;
        r += grass * (0.115 + 0.05 * patch + 0.04 * fine - r);
        g += grass * (0.170 + 0.05 * patch + 0.04 * fine - g);
        b += grass * (0.042 + 0.01 * patch - b);
        r += snow * (0.86 - r);
        g += snow * (0.89 - g);
        b += snow * (0.95 - b);
        if (z < 500) {
            // the shade of the firs
            r *= 0.45;
            g *= 0.45;
            b *= 0.45;
        }
        double beach = (1 - Noise.step(1.0, 3.4, ground + fine)) * (1 - Noise.step(0, 1, tree));
        r += beach * (0.20 + 0.1 * fine - r);
        g += beach * (0.19 + 0.1 * fine - g);
        b += beach * (0.165 + 0.08 * fine - b);
        if (tree > 0) {
            double dark = 0.5 + 0.035 * tree + 0.35 * fine;
            r = 0.034 * dark;
            g = 0.066 * dark;
            b = 0.030 * dark;
            light = 0.35 + 0.65 * light;
        }
        double sun = 2.9 * light;
        double sky = 0.16 + 0.22 * up;
        double[] rgb = new double[3];
        rgb[0] = r * (1.06 * sun + 0.62 * sky);
        rgb[1] = g * (0.98 * sun + 0.82 * sky);
        rgb[2] = b * (0.84 * sun + 1.20 * sky);
        air(z, ground, rgb);
        return rgb;
    }

    /** Blends towards the colour of the air, more so far away and low. */
    private static void air(double z, double ground, double[] rgb) {
        double thick = z / 13000 * (0.55 + 0.75 * Math.exp(-ground / 500));
        for (int c = 0; c < 3; c++) {
            double kept = Math.exp(-thick * (c == 0 ? 0.85 : c == 1 ? 1.0 : 1.25));
            rgb[c] = rgb[c] * kept + HAZE[c] * (1 - kept);
        }
    }

    /** The sky in a direction: blue above, pale near the horizon, with clouds lit from the sun's side. */
    private static double[] sky(double side, double rise) {
        double[] rgb = new double[3];
        double h = Math.max(0, Math.min(1, rise / 0.45));
        double pale = Math.exp(-4.2 * h);
        rgb[0] = 0.075 + 0.50 * pale;
        rgb[1] = 0.215 + 0.46 * pale;
        rgb[2] = 0.560 + 0.30 * pale;
        double px = side / (rise + 0.16);
        double py = 1 / (rise + 0.16);
        double cloud = cloud(px, py);
        if (cloud > 0) {
            double lit = Math.max(0, Math.min(1, 0.55 + 1.6 * (cloud - cloud(px - 0.12, py - 0.10))));
            double cover = Noise.step(0, 0.34, cloud) * Noise.step(0.02, 0.12, rise) * 0.94;
            double grey = 0.60 + 0.40 * lit;
            rgb[0] += cover * (grey * 0.98 - rgb[0]);
            rgb[1] += cover * (grey * 0.98 - rgb[1]);
            rgb[2] += cover * (0.66 + 0.34 * lit - rgb[2]);
        }
        return rgb;
    }

    private static double cloud(double x, double y) {
        double wx = 0.35 * Noise.octaves(x * 0.9, y * 0.9, 3, 120);
        return Noise.octaves(x * 0.55 + wx + 5.2, y * 0.8 + wx, 7, 130) * 1.7 + 0.10;
    }

    /** What the lake mirrors, moved by ripples, and the deep water that shows where one looks down steeply. */
    private double[] water(double side, int y, double horizon, double[] @Nullable [] mirrored) {
        double below = (y + 0.5 - horizon) / height * FIELD;
        double z = EYE / Math.max(below, 1e-4);
        double x = side * z;
        double wave = Noise.octaves(x / 5.5, z / 16, 4, 200) + 0.6 * Noise.octaves(x / 60, z / 220, 3, 210);
        double rough = 0.35 + 0.65 * Noise.step(-0.25, 0.25, Noise.octaves(x / 170, z / 420, 3, 220));
        double at = 2 * horizon - y + rough * wave * 0.075 * height * Math.min(1, 6 * below + 0.15);
        double[] image = mirrored[(int) Math.max(0, Math.min(horizon - 1, at))];
        if (image == null) {
            image = HAZE;
        }
        double share = 0.42 + 0.50 * Math.exp(-7.5 * below);
        double glint = 0.05 * rough * Math.max(0, wave);
        return new double[] {
            share * image[0] * 0.92 + (1 - share) * 0.012 + glint * 0.7,
            share * image[1] * 0.97 + (1 - share) * 0.075 + glint * 0.9,
            share * image[2] + (1 - share) * 0.085 + glint
        };
    }

    private static double[] unit(double x, double y, double z) {
        double length = Math.sqrt(x * x + y * y + z * z);
        return new double[] {x / length, y / length, z / length};
    }
}
