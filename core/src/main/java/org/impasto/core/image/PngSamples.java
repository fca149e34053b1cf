package org.impasto.core.image;

import org.jspecify.annotations.Nullable;

/** How the stored samples of a PNG become colour and alpha (sections 6 and 11.3.2 of its specification). */
interface PngSamples {
    /** Puts row {@code y} of stored samples into the planes. */
    void put(Canvas.Row row, Canvas canvas, int y);

    /** Grey and RGB, with alpha or one transparent colour. */
    final class Direct implements PngSamples {
        private final int count;
        private final int colours;
        private final int[] clear = new int[3];
        private final float[] levels;

        /** @param count samples a pixel, 1 to 4 */
        Direct(String name, int count, int depth, byte @Nullable [] transparency) {
            this.count = count;
            this.colours = count < 3 ? 1 : 3;
            int largest = (1 << depth) - 1;
            this.levels = new float[largest + 1];
            for (int i = 0; i <= largest; i++) {
                levels[i] = (float) i / largest;
            }
            if (transparency != null) {
                if (transparency.length != 2 * colours) {
                    throw PngReader.bad(name, "tRNS has " + transparency.length + " bytes, expected " + 2 * colours);
                }
                for (int c = 0; c < colours; c++) {
                    clear[c] = ((transparency[2 * c] & 0xff) << 8 | transparency[2 * c + 1] & 0xff) & largest;
                }
            }
        }

        @Override
        public void put(Canvas.Row row, Canvas canvas, int y) {
            int plane = canvas.plane();
            int at = canvas.start(y);
            float[] pixels = canvas.pixels;
            float[] alpha = canvas.alpha;
            for (int x = 0; x < canvas.width; x++, at++) {
                int first = x * count;
                float red = levels[row.get(first)];
                pixels[at] = red;
                pixels[at + plane] = colours == 1 ? red : levels[row.get(first + 1)];
                pixels[at + 2 * plane] = colours == 1 ? red : levels[row.get(first + 2)];
                if (alpha != null) {
                    alpha[at] = count != colours ? levels[row.get(first + colours)] : isClear(row, first) ? 0 : 1;
                }
            }
        }

        private boolean isClear(Canvas.Row row, int first) {
            for (int c = 0; c < colours; c++) {
                if (row.get(first + c) != clear[c]) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Indices into the palette. */
    final class Indices implements PngSamples {
        private final String name;
        private final int entries;
        private final float[] colours = new float[4 * 256];

        Indices(String name, byte @Nullable [] palette, byte @Nullable [] transparency) {
            this.name = name;
            if (palette == null) {
                throw PngReader.bad(name, "its pixels are palette indices, but it has no palette (PLTE)");
            }
            if (palette.length == 0 || palette.length % 3 != 0) {
                throw PngReader.bad(
                        name, "a palette of " + palette.length + " bytes; expected 3 for each of 1 to 256 colours");
            }
            entries = palette.length / 3;
            for (int i = 0; i < entries; i++) {
                for (int c = 0; c < 3; c++) {
                    colours[4 * i + c] = (palette[3 * i + c] & 0xff) / 255f;
                }
                byte[] opacities = transparency;
                colours[4 * i + 3] = opacities != null && i < opacities.length ? (opacities[i] & 0xff) / 255f : 1;
            }
        }

        @Override
        public void put(Canvas.Row row, Canvas canvas, int y) {
            int plane = canvas.plane();
            int at = canvas.start(y);
            float[] alpha = canvas.alpha;
            for (int x = 0; x < canvas.width; x++, at++) {
                int index = row.get(x);
                if (index >= entries) {
                    throw PngReader.bad(
                            name,
                            "pixel x " + x + ", y " + y + " has palette index " + index + "; the palette has " + entries
                                    + " colours");
                }
                for (int c = 0; c < 3; c++) {
                    canvas.pixels[at + c * plane] = colours[4 * index + c];
                }
                if (alpha != null) {
                    alpha[at] = colours[4 * index + 3];
                }
            }
        }
    }
}
