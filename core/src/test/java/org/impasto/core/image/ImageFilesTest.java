package org.impasto.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.impasto.core.ImageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {
    @TempDir
    Path folder;

    private static Image levels(int width, int height, int largest, boolean alpha) {
        Random random = new Random(3);
        float[] pixels = new float[3 * width * height];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextInt(largest + 1) / (float) largest;
        }
        float[] opacity = new float[width * height];
        for (int i = 0; i < opacity.length; i++) {
            opacity[i] = random.nextInt(largest + 1) / (float) largest;
        }
        return Image.of(width, height, pixels, alpha ? opacity : null);
    }

    @ParameterizedTest
    @CsvSource({"8, false", "8, true", "16, false", "16, true"})
    void pngComesBackBitByBit(int bits, boolean alpha) throws IOException {
        Image image = levels(70, 41, (1 << bits) - 1, alpha);
        Path file = folder.resolve("a.PNG");
        image.write(file, WriteOptions.standard().withPngBits(bits));
        Image back = Image.read(file);
        assertThat(back.pixels()).isEqualTo(image.pixels());
        assertThat(back.alpha()).isEqualTo(image.alpha());
        assertThat(Files.readAllBytes(file)[24]).as("bits in the header").isEqualTo((byte) bits);
        try (InputStream stream = Files.newInputStream(file)) {
            assertThat(Image.read(stream).pixels()).isEqualTo(image.pixels());
        }
        if (bits == 8) {
            assertThat(ImageIO.read(file.toFile()).getRGB(5, 6))
                    .as("as another reader sees it")
                    .isEqualTo(image.toBufferedImage().getRGB(5, 6));
        }
    }

    @Test
    void writingRoundsAndCuts() {
        float[] pixels = {
            -1, 2, 0.5f / 255 - 1e-5f, 0.5f / 255 + 1e-5f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
        };
        BufferedImage image = Image.of(2, 1, pixels).toBufferedImage();
        assertThat(image.getRGB(0, 0)).isEqualTo(0xff0000ff);
        assertThat(image.getRGB(1, 0)).isEqualTo(0xffff0100);
    }

    @Test
    void notANumberIsRefusedByName() {
        float[] pixels = new float[3 * 4 * 5];
        pixels[20 + 2 * 4 + 3] = Float.NaN;
        Image image = Image.of(4, 5, pixels);
        Path file = folder.resolve("nan.png");
        assertThatThrownBy(() -> image.write(file))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("green value of pixel x 3, y 2 is NaN");
        assertThatThrownBy(image::toBufferedImage).isInstanceOf(ImageException.class);
        assertThat(file).doesNotExist();
    }

    @Test
    void jpegQualityCounts() throws IOException {
        Image image = Image.of(JpegReadingTest.gradient(100, 60, BufferedImage.TYPE_INT_RGB));
        Path good = folder.resolve("good.jpg");
        Path small = folder.resolve("small.jpeg");
        image.write(good);
        image.write(small, WriteOptions.standard().withJpegQuality(0.2f));
        assertThat(Files.size(good)).isGreaterThan(Files.size(small));
        Image back = Image.read(good);
        float[] expected = image.pixels();
        float[] found = back.pixels();
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(8 / 255f));
        }
    }

    @Test
    void whatCannotBeWrittenLeavesNothing() throws IOException {
        Image image = levels(4, 4, 255, true);
        Path file = folder.resolve("old.jpg");
        Files.writeString(file, "old");
        assertThatThrownBy(() -> image.write(file))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("withAlphaFlattened");
        assertThat(Files.readString(file)).isEqualTo("old");
        assertThatThrownBy(() -> image.write(folder.resolve("a.gif")))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(".png");
        assertThatThrownBy(() -> image.write(folder.resolve("missing").resolve("a.png")))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("missing");
        Path taken = Files.createDirectory(folder.resolve("taken.png"));
        Files.writeString(taken.resolve("x"), "x");
        assertThatThrownBy(() -> image.write(taken)).isInstanceOf(ImageException.class);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("old.jpg", "taken.png");
        }
        image.withAlphaFlattened(1, 1, 1).write(file);
        assertThat(Image.read(file).width()).isEqualTo(4);
        assertThatThrownBy(() -> WriteOptions.standard().withPngBits(12)).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> WriteOptions.standard().withJpegQuality(Float.NaN))
                .isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> ReadOptions.standard().withMaximumPixels(0)).isInstanceOf(ImageException.class);
    }

    @Test
    void missingFilesAndFoldersAreNamed() {
        assertThatThrownBy(() -> Image.read(folder.resolve("none.png")))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("none.png: no such file");
        assertThatThrownBy(() -> Image.of(1, 1, new float[3]).write(folder.resolve("none/a.png")))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("none/a.png: cannot be written: no such file or folder");
        assertThatThrownBy(() -> Image.read(folder))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(folder.toString());
        assertThatThrownBy(() -> Image.read(new byte[0]))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("no bytes");
        assertThatThrownBy(() -> Image.read(InputStream.nullInputStream())).isInstanceOf(ImageException.class);
    }

    @Test
    void anInterruptedThreadIsToldSo() {
        Path file = folder.resolve("a.png");
        Image.of(1, 1, new float[3]).write(file);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Image.read(file))
                .isInstanceOf(ImageException.class)
                .hasMessageEndingWith("a.png: cannot be read: the thread was interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void failingStreamsAreReported() {
        InputStream failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the disk is gone");
            }
        };
        assertThatThrownBy(() -> Image.read(failing))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("the disk is gone");
    }

    @Test
    void longStreamsAreReadToo() {
        Image image = levels(900, 700, 255, false);
        Path file = folder.resolve("long.png");
        image.write(file);
        assertThat(file.toFile().length()).isGreaterThan(1 << 20);
        try {
            byte[] bytes = Files.readAllBytes(file);
            assertThat(Image.read(new ByteArrayInputStream(bytes)).pixels()).isEqualTo(image.pixels());
            assertThat(Image.read(bytes).pixels()).isEqualTo(image.pixels());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void endlessStreamsEnd() {
        assertThatThrownBy(() -> Image.read(endless(new byte[] {'a'})))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("begins with 61");
        ReadOptions small = ReadOptions.standard().withMaximumPixels(1000);
        assertThatThrownBy(() -> Image.read(endless(new byte[] {(byte) 0xff, (byte) 0xd8}), small))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("longer than");
    }

    private static InputStream endless(byte[] head) {
        return new InputStream() {
            private int position;

            @Override
            public int read() {
                return position < head.length ? head[position++] & 0xff : 0;
            }

            @Override
            public int read(byte[] target, int offset, int count) {
                java.util.Arrays.fill(target, offset, offset + count, (byte) 0);
                for (int i = 0; i < count && position < head.length; i++) {
                    target[offset + i] = head[position++];
                }
                return count;
            }
        };
    }

    /** Writes two pictures to one file in turn until it is killed. */
    static final class EndlessWriter {
        public static void main(String[] arguments) {
            Path file = Path.of(arguments[0]);
            for (int i = 0; ; i++) {
                levels(200 + i % 2, 100, 255, false).write(file);
                System.out.println(i);
            }
        }
    }

    @Test
    void aKilledWriterLeavesAWholeFile() throws Exception {
        Path file = folder.resolve("killed.png");
        for (int round = 0; round < 3; round++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            EndlessWriter.class.getName(),
                            file.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            for (int written = 0; written < 5 + round; written++) {
                while (process.getInputStream().read() != '\n') {
                    assertThat(process.isAlive()).isTrue();
                }
            }
            process.destroyForcibly().waitFor();
            assertThat(Image.read(file)).isIn(levels(200, 100, 255, false), levels(201, 100, 255, false));
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_INT_ARGB,
                BufferedImage.TYPE_INT_BGR,
                BufferedImage.TYPE_3BYTE_BGR,
                BufferedImage.TYPE_4BYTE_ABGR
            })
    void bufferedImagesOfAnyLayout(int type) {
        BufferedImage image = new BufferedImage(16, 9, type);
        Random random = new Random(type);
        for (int y = 0; y < 9; y++) {
            for (int x = 0; x < 16; x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        // A part of a larger image has an offset and a stride of its own.
        BufferedImage part = image.getSubimage(3, 2, 10, 5);
        Image taken = Image.of(part);
        assertThat(taken.hasAlpha()).isEqualTo(image.getColorModel().hasAlpha());
        BufferedImage back = taken.toBufferedImage();
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 10; x++) {
                assertThat(back.getRGB(x, y)).isEqualTo(part.getRGB(x, y));
            }
        }
    }

    @Test
    void greyBufferedImagesKeepTheirLevels() {
        BufferedImage grey = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_GRAY);
        BufferedImage deep = new BufferedImage(256, 1, BufferedImage.TYPE_USHORT_GRAY);
        for (int i = 0; i < 256; i++) {
            grey.getRaster().setSample(i, 0, 0, i);
            deep.getRaster().setSample(i, 0, 0, i * 250);
        }
        for (int i = 0; i < 256; i++) {
            assertThat(Image.of(grey).value(2, i, 0)).isEqualTo(i / 255f);
            assertThat(Image.of(deep).value(1, i, 0)).isEqualTo(i * 250 / 65535f);
        }
    }

    @Test
    void palettesOfBufferedImagesAreResolved() {
        byte[] red = {0, (byte) 255, 10};
        byte[] green = {1, (byte) 128, 20};
        byte[] blue = {2, 0, 30};
        IndexColorModel palette = new IndexColorModel(2, 3, red, green, blue);
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
        for (int i = 0; i < 3; i++) {
            image.getRaster().setSample(i, 0, 0, i);
        }
        assertThat(Image.of(image).pixels())
                .containsExactly(0, 1, 10 / 255f, 1 / 255f, 128 / 255f, 20 / 255f, 2 / 255f, 0, 30 / 255f);
    }

    @Test
    void anImageDoesNotChangeWithItsArrays() {
        float[] pixels = new float[12];
        float[] alpha = new float[4];
        Image image = Image.of(2, 2, pixels, alpha);
        pixels[0] = 1;
        alpha[0] = 1;
        image.pixels()[1] = 1;
        image.plane(1)[0] = 1;
        image.alpha()[1] = 1;
        assertThat(image.pixels()).containsOnly(0);
        assertThat(image.alpha()).containsOnly(0);
        assertThatThrownBy(() -> Image.of(2, 2, new float[11]))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("11 values for width 2 and height 2");
        assertThatThrownBy(() -> Image.of(0, 2, new float[0])).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> Image.of(2, 2, new float[12], new float[3])).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> image.plane(3)).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> image.value(0, 2, 0)).isInstanceOf(ImageException.class);
    }
}
