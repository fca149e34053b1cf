package org.impasto.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.impasto.core.ImageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JpegReadingTest {
    /** Smooth, so that little is lost; the corners have different colours, so that a turn shows. */
    static BufferedImage gradient(int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        WritableRaster raster = image.getRaster();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < raster.getNumBands(); c++) {
                    int value = c == 0 ? 255 * x / width : c == 1 ? 255 * y / height : 120;
                    raster.setSample(x, y, c, value);
                }
            }
        }
        return image;
    }

    static byte[] encoded(BufferedImage image, boolean progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(0.95f);
            if (progressive) {
                parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            }
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** An EXIF segment put after the start marker. */
    static byte[] withOrientation(byte[] jpeg, int orientation, ByteOrder order) {
        ByteBuffer tiff = ByteBuffer.allocate(26).order(order);
        tiff.put(order == ByteOrder.BIG_ENDIAN ? new byte[] {'M', 'M'} : new byte[] {'I', 'I'});
        tiff.putShort((short) 42).putInt(8).putShort((short) 1);
        tiff.putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0);
        ByteBuffer result = ByteBuffer.allocate(jpeg.length + 36);
        result.put(jpeg, 0, 2).putShort((short) 0xffe1).putShort((short) 34);
        result.put(new byte[] {'E', 'x', 'i', 'f', 0, 0}).put(tiff.array());
        return result.put(jpeg, 2, jpeg.length - 2).array();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void smoothPicturesComeBackNearly(boolean progressive) throws IOException {
        Image image = Image.read(encoded(gradient(90, 50, BufferedImage.TYPE_INT_RGB), progressive));
        for (int y = 0; y < 50; y++) {
            for (int x = 0; x < 90; x++) {
                // Quality 0.95 divides the lowest frequencies by at most 2; chroma is halved in both directions.
                assertThat(255 * image.value(0, x, y)).isBetween(255f * x / 90 - 6, 255f * x / 90 + 6);
                assertThat(255 * image.value(1, x, y)).isBetween(255f * y / 50 - 6, 255f * y / 50 + 6);
                assertThat(255 * image.value(2, x, y)).isBetween(114f, 126f);
            }
        }
        assertThat(image.hasAlpha()).isFalse();
    }

    @Test
    void greyKeepsItsLevels() throws IOException {
        Image image = Image.read(encoded(gradient(256, 16, BufferedImage.TYPE_BYTE_GRAY), false));
        for (int x = 0; x < 256; x++) {
            assertThat(255 * image.value(0, x, 8)).isBetween(x - 3f, x + 3f);
            assertThat(image.value(1, x, 8)).isEqualTo(image.value(0, x, 8));
        }
    }

    @Test
    void fourInksWithoutAnAdobeMarkerAreInk() throws IOException {
        // Large enough to be decoded in bands.
        int width = 1300;
        int height = 1000;
        WritableRaster inks = java.awt.image.Raster.createInterleavedRaster(
                java.awt.image.DataBuffer.TYPE_BYTE, width, height, 4, null);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                inks.setPixel(x, y, new int[] {255 * x / width, 255 * y / height, 60, 30});
            }
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(inks, null, null), null);
        } finally {
            writer.dispose();
        }
        Image image = Image.read(bytes.toByteArray());
        for (int y = 0; y < height; y += 7) {
            for (int x = 0; x < width; x += 7) {
                // Light is what black leaves, less what the ink takes of it; quality 0.75 loses some levels.
                assertThat(255 * image.value(0, x, y))
                        .isBetween(225f - 225f * x / width - 8, 225f - 225f * x / width + 8);
                assertThat(255 * image.value(1, x, y))
                        .isBetween(225f - 225f * y / height - 8, 225f - 225f * y / height + 8);
                assertThat(255 * image.value(2, x, y)).isBetween(164f, 180f);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void orientationTurnsThePicture(int orientation) throws IOException {
        byte[] jpeg = encoded(gradient(40, 24, BufferedImage.TYPE_INT_RGB), false);
        Image stored = Image.read(jpeg);
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            Image upright = Image.read(withOrientation(jpeg, orientation, order));
            assertThat(upright.width()).isEqualTo(orientation < 5 ? 40 : 24);
            for (int y = 0; y < 24; y++) {
                for (int x = 0; x < 40; x++) {
                    int right = 39 - x;
                    int below = 23 - y;
                    // EXIF's table: where row 0 and column 0 of the stored picture are seen.
                    int[] at = switch (orientation) {
                        case 2 -> new int[] {right, y};
                        case 3 -> new int[] {right, below};
                        case 4 -> new int[] {x, below};
                        case 5 -> new int[] {y, x};
                        case 6 -> new int[] {below, x};
                        case 7 -> new int[] {below, right};
                        case 8 -> new int[] {y, right};
                        default -> new int[] {x, y};
                    };
                    for (int c = 0; c < 3; c++) {
                        assertThat(upright.value(c, at[0], at[1])).isEqualTo(stored.value(c, x, y));
                    }
                }
            }
        }
    }

    @Test
    void malformedExifMeansUpright() throws IOException {
        byte[] jpeg = encoded(gradient(40, 24, BufferedImage.TYPE_INT_RGB), false);
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            byte[] file = withOrientation(jpeg, 6, ByteOrder.BIG_ENDIAN);
            for (int k = 0; k < 3; k++) {
                file[12 + random.nextInt(26)] = (byte) random.nextInt(256);
            }
            assertThat(Image.read(file).width()).isIn(24, 40);
        }
        assertThat(Image.read(withOrientation(jpeg, 9, ByteOrder.BIG_ENDIAN)).width())
                .isEqualTo(40);
    }

    @Test
    void damagedProfilesAndCommentsAreNotLookedAt() throws IOException {
        byte[] jpeg = encoded(gradient(40, 24, BufferedImage.TYPE_INT_RGB), false);
        ByteBuffer file = ByteBuffer.allocate(jpeg.length + 40);
        file.put(jpeg, 0, 2);
        file.putShort((short) 0xffe2)
                .putShort((short) 22)
                .put("ICC_PROFILE\0".getBytes())
                .put(new byte[8]);
        file.putShort((short) 0xfffe).putShort((short) 14).put(new byte[12]);
        file.put(jpeg, 2, jpeg.length - 2);
        byte[] whole = Arrays.copyOf(file.array(), file.position());
        assertThat(Image.read(whole).pixels()).isEqualTo(Image.read(jpeg).pixels());
        assertThat(Image.read(new ByteArrayInputStream(whole)).pixels())
                .isEqualTo(Image.read(jpeg).pixels());
    }

    @Test
    void cutFilesAreRefused() throws IOException {
        for (boolean progressive : new boolean[] {false, true}) {
            byte[] jpeg = encoded(gradient(40, 24, BufferedImage.TYPE_INT_RGB), progressive);
            for (int length = 2; length < jpeg.length; length++) {
                byte[] cut = Arrays.copyOf(jpeg, length);
                assertThatThrownBy(() -> Image.read(cut))
                        .as("cut at %d", length)
                        .isInstanceOf(ImageException.class);
            }
        }
    }

    @Test
    void sizesThatTheBytesCannotHoldAreRefused() throws IOException {
        byte[] jpeg = encoded(gradient(40, 24, BufferedImage.TYPE_INT_RGB), false);
        int frame = 2;
        while (!(jpeg[frame] == (byte) 0xff && jpeg[frame + 1] == (byte) 0xc0)) {
            frame++;
        }
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 14_000).putShort(frame + 7, (short) 14_000);
        assertThatThrownBy(() -> Image.read(jpeg))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("14000x14000")
                .hasMessageContaining("cannot hold");
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 65_500).putShort(frame + 7, (short) 65_500);
        assertThatThrownBy(() -> Image.read(jpeg))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("the limit is 200000000");
    }

    @Test
    void endlessScansAreRefused() throws IOException {
        byte[] jpeg = encoded(gradient(40, 24, BufferedImage.TYPE_INT_RGB), true);
        int scan = 2;
        while (!(jpeg[scan] == (byte) 0xff && jpeg[scan + 1] == (byte) 0xda)) {
            scan++;
        }
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        bomb.write(jpeg, 0, scan);
        int header = 2 + ((jpeg[scan + 2] & 0xff) << 8 | jpeg[scan + 3] & 0xff);
        for (int i = 0; i < 1000; i++) {
            bomb.write(jpeg, scan, header + 1);
        }
        bomb.write(0xff);
        bomb.write(0xd9);
        assertThatThrownBy(() -> Image.read(bomb.toByteArray()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("scans");
    }

    @Test
    void mutationsEndInOneErrorOrAPicture() throws IOException {
        Random random = new Random(815);
        ReadOptions options = ReadOptions.standard().withMaximumPixels(1 << 20);
        byte[][] files = {
            encoded(gradient(40, 24, BufferedImage.TYPE_INT_RGB), false),
            encoded(gradient(40, 24, BufferedImage.TYPE_INT_RGB), true),
            encoded(gradient(33, 17, BufferedImage.TYPE_BYTE_GRAY), false),
            withOrientation(encoded(gradient(9, 9, BufferedImage.TYPE_BYTE_GRAY), true), 7, ByteOrder.LITTLE_ENDIAN)
        };
        int read = 0;
        int mutations = 6000;
        for (int i = 0; i < mutations; i++) {
            byte[] bytes = files[i % files.length].clone();
            for (int k = random.nextInt(6); k >= 0; k--) {
                bytes[2 + random.nextInt(bytes.length - 2)] = (byte) random.nextInt(256);
            }
            try {
                Image.read(bytes, options);
                read++;
            } catch (ImageException expected) {
                assertThat(expected.getMessage()).isNotBlank();
            } catch (RuntimeException | Error e) {
                throw new AssertionError("mutation " + i + " of seed 815", e);
            }
        }
        System.out.println("of " + mutations + " mutated JPEG files " + read + " were read, the others refused");
        assertThat(read).isBetween(1, mutations - 1);
    }
}
