package org.impasto.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.impasto.core.ImageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PngReadingTest {
    static Stream<Arguments> forms() {
        List<Arguments> forms = new ArrayList<>();
        int[][] depths = {{1, 2, 4, 8, 16}, {}, {8, 16}, {1, 2, 4, 8}, {8, 16}, {}, {8, 16}};
        for (int type = 0; type < depths.length; type++) {
            for (int depth : depths[type]) {
                for (boolean interlaced : new boolean[] {false, true}) {
                    forms.add(Arguments.of(type, depth, interlaced, false));
                    if (type == 0 || type == 2 || type == 3) {
                        forms.add(Arguments.of(type, depth, interlaced, true));
                    }
                }
            }
        }
        return forms.stream();
    }

    @ParameterizedTest(name = "colour type {0}, {1} bits, interlaced {2}, transparency {3}")
    @MethodSource("forms")
    void everyFormIsReadExactly(int type, int depth, boolean interlaced, boolean transparent) {
        Random random = new Random(31 * type + depth);
        for (int[] size : new int[][] {{1, 1}, {3, 2}, {13, 9}, {61, 37}}) {
            int width = size[0];
            int height = size[1];
            int channels = HandMadePng.channels(type);
            int entries = type == 3 ? Math.max(2, (1 << depth) - 1) : 1 << depth;
            int[] samples = new int[width * height * channels];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = random.nextInt(entries);
            }
            byte[] palette = new byte[3 * entries];
            byte[] clear = new byte[type == 3 ? Math.max(1, entries / 2) : 2 * channels];
            random.nextBytes(palette);
            random.nextBytes(clear);
            if (type != 3) {
                // The colour of the last pixel is the clear one.
                for (int c = 0; c < channels; c++) {
                    int sample = samples[samples.length - channels + c];
                    clear[2 * c] = (byte) (sample >> 8);
                    clear[2 * c + 1] = (byte) sample;
                }
            }
            HandMadePng png = new HandMadePng().header(width, height, depth, type, interlaced);
            png.chunk("gAMA", new byte[] {0, 0, 0x27, 0x10});
            png.chunk("iCCP", "not a profile".getBytes());
            if (type == 3) {
                png.chunk("PLTE", palette);
            }
            if (transparent) {
                png.chunk("tRNS", clear);
            }
            png.chunk("zTXt", new byte[] {1, 2, 3});
            Image image = Image.read(png.pixels(width, height, depth, type, interlaced, samples, 50)
                    .end());

            assertThat(image.width()).isEqualTo(width);
            assertThat(image.height()).isEqualTo(height);
            assertThat(image.hasAlpha()).isEqualTo(transparent || type == 4 || type == 6);
            float[] alpha = image.alpha();
            float largest = (1 << depth) - 1;
            for (int i = 0; i < width * height; i++) {
                int[] pixel = Arrays.copyOfRange(samples, i * channels, (i + 1) * channels);
                for (int c = 0; c < 3; c++) {
                    float expected = type == 3
                            ? (palette[3 * pixel[0] + c] & 0xff) / 255f
                            : pixel[channels < 3 ? 0 : c] / largest;
                    assertThat(image.value(c, i % width, i / width)).isEqualTo(expected);
                }
                if (alpha != null) {
                    float expected;
                    if (type == 4 || type == 6) {
                        expected = pixel[channels - 1] / largest;
                    } else if (type == 3) {
                        expected = pixel[0] < clear.length ? (clear[pixel[0]] & 0xff) / 255f : 1;
                    } else {
                        int last = samples.length - channels;
                        expected = Arrays.equals(pixel, Arrays.copyOfRange(samples, last, samples.length)) ? 0 : 1;
                    }
                    assertThat(alpha[i]).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void largeSixteenBitPictureDecodedInBandsIsWhole() {
        // 8 MB of samples: more than one band.
        int width = 1000;
        int height = 1001;
        for (boolean interlaced : new boolean[] {false, true}) {
            int[] samples = new int[4 * width * height];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = i * 2654435 >>> 8 & 0xffff;
            }
            Image image = Image.read(new HandMadePng()
                    .header(width, height, 16, 6, interlaced)
                    .pixels(width, height, 16, 6, interlaced, samples, 1 << 16)
                    .end());
            float[] pixels = image.pixels();
            int wrong = 0;
            for (int i = 0; i < width * height; i++) {
                for (int c = 0; c < 3; c++) {
                    wrong += pixels[c * width * height + i] == samples[4 * i + c] / 65535f ? 0 : 1;
                }
                wrong += image.sharedAlpha()[i] == samples[4 * i + 3] / 65535f ? 0 : 1;
            }
            assertThat(wrong).isZero();
        }
    }

    @Test
    void declaredSizesAreRefusedBeforeMemoryIsTaken() {
        byte[] bomb = new HandMadePng()
                .header(30_000, 20_000, 8, 2, false)
                .chunk("IDAT", HandMadePng.deflated(new byte[4]))
                .end();
        assertThat(bomb.length).isLessThan(80);
        assertThatThrownBy(() -> Image.read(bomb))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("30000x20000")
                .hasMessageContaining("the limit is 200000000");
        // Within a raised limit the bytes themselves tell that it cannot be.
        ReadOptions raised = ReadOptions.standard().withMaximumPixels(Long.MAX_VALUE);
        assertThatThrownBy(() -> Image.read(bomb, raised))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("can give at most");
        byte[] widest = new HandMadePng()
                .header(Integer.MAX_VALUE, Integer.MAX_VALUE, 16, 6, true)
                .chunk("IDAT", HandMadePng.deflated(new byte[4]))
                .end();
        assertThatThrownBy(() -> Image.read(widest, raised)).isInstanceOf(ImageException.class);
        byte[] interlaced = new HandMadePng()
                .header(30_000, 20_000, 1, 0, true)
                .chunk("IDAT", HandMadePng.deflated(new byte[4]))
                .end();
        assertThatThrownBy(() -> Image.read(interlaced, raised))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("can give at most");
    }

    @Test
    void thoseThatCompressBestAreStillRead() {
        // One colour throughout: near deflate's limit of 1032.
        int side = 2000;
        Image image = Image.read(new HandMadePng()
                .header(side, side, 8, 0, false)
                .pixels(side, side, 8, 0, false, new int[side * side], 1 << 20)
                .end());
        assertThat(image.width()).isEqualTo(side);
    }

    @Test
    void damageIsNamed() {
        int[] samples = new int[30];
        byte[] good = new HandMadePng()
                .header(5, 2, 8, 2, false)
                .pixels(5, 2, 8, 2, false, samples, 100)
                .end();
        for (int length = 0; length < good.length - 12; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> Image.read(cut)).as("cut at %d", length).isInstanceOf(ImageException.class);
        }
        for (int at = 0; at < good.length - 12; at++) {
            byte[] changed = good.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> Image.read(changed))
                    .as("changed at %d", at)
                    .isInstanceOf(ImageException.class);
        }
        assertThatThrownBy(() -> Image.read(new HandMadePng()
                        .header(5, 2, 8, 2, false)
                        .chunk("IDAT", HandMadePng.deflated(new byte[20]))
                        .end()))
                .hasMessageContaining("cut off");
        assertThatThrownBy(() -> Image.read(new HandMadePng()
                        .header(5, 2, 8, 3, false)
                        .pixels(5, 2, 8, 3, false, samples, 100)
                        .end()))
                .hasMessageContaining("no palette");
        samples[7] = 3;
        assertThatThrownBy(() -> Image.read(new HandMadePng()
                        .header(5, 2, 8, 3, false)
                        .chunk("PLTE", new byte[9])
                        .pixels(5, 2, 8, 3, false, samples, 100)
                        .end()))
                .hasMessageContaining("x 2, y 1")
                .hasMessageContaining("index 3");
    }

    @Test
    void mutationsEndInOneErrorOrAPicture() {
        Random random = new Random(4711);
        ReadOptions options = ReadOptions.standard().withMaximumPixels(1 << 20);
        List<Arguments> forms = forms().toList();
        int read = 0;
        int mutations = 6000;
        for (int i = 0; i < mutations; i++) {
            Object[] form = forms.get(i % forms.size()).get();
            int type = (int) form[0];
            int depth = (int) form[1];
            boolean interlaced = (boolean) form[2];
            int[] samples = new int[11 * 7 * HandMadePng.channels(type)];
            HandMadePng png = new HandMadePng().header(11, 7, depth, type, interlaced);
            if (type == 3) {
                png.chunk("PLTE", new byte[3 << depth]);
            }
            if ((boolean) form[3]) {
                png.chunk("tRNS", new byte[type == 3 ? 2 : 2 * HandMadePng.channels(type)]);
            }
            byte[] bytes =
                    png.pixels(11, 7, depth, type, interlaced, samples, 40).end();
            for (int k = random.nextInt(4); k >= 0; k--) {
                bytes[8 + random.nextInt(bytes.length - 8)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(4) > 0) {
                repairSums(bytes);
            }
            try {
                Image.read(bytes, options);
                read++;
            } catch (ImageException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("mutation " + i + " of seed 4711", e);
            }
        }
        System.out.println("of " + mutations + " mutated PNG files " + read + " were read, the others refused");
        assertThat(read).isBetween(1, mutations - 1);
    }

    private static void repairSums(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long at = 8;
        while (at + 12 <= bytes.length) {
            long end = at + 12 + (buffer.getInt((int) at) & 0xffffffffL);
            if (end > bytes.length) {
                return;
            }
            java.util.zip.CRC32 sum = new java.util.zip.CRC32();
            sum.update(bytes, (int) at + 4, (int) (end - at) - 8);
            buffer.putInt((int) end - 4, (int) sum.getValue());
            at = end;
        }
    }
}
