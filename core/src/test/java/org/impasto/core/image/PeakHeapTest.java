package org.impasto.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading a picture takes at most 1.35 times the heap that the picture itself takes, proved by a heap of that size. */
class PeakHeapTest {
    /** What a virtual machine takes that has read a picture of one pixel. */
    private static final long BASELINE = 8L << 20;

    @TempDir
    Path folder;

    @Test
    void jpeg() throws Exception {
        Path file = folder.resolve("a.jpg");
        Image.of(JpegReadingTest.gradient(3840, 2160, BufferedImage.TYPE_3BYTE_BGR))
                .write(file);
        fits(file, "path", 3840 * 2160 * 12L);
        fits(file, "stream", 3840 * 2160 * 12L);
    }

    @Test
    void progressiveAndTurnedJpeg() throws Exception {
        Path file = folder.resolve("a.jpg");
        byte[] jpeg = JpegReadingTest.encoded(JpegReadingTest.gradient(3840, 2160, BufferedImage.TYPE_3BYTE_BGR), true);
        Files.write(file, JpegReadingTest.withOrientation(jpeg, 6, java.nio.ByteOrder.BIG_ENDIAN));
        fits(file, "path", 3840 * 2160 * 12L);
    }

    @Test
    void pngOfEightBits() throws Exception {
        fits(png(3840, 2160, 8, 2, true), "path", 3840 * 2160 * 12L);
    }

    @Test
    void pngOfNoiseFromAStream() throws Exception {
        fits(png(3840, 2160, 8, 2, false), "stream", 3840 * 2160 * 12L);
    }

    @Test
    void pngOfSixteenBitsWithAlpha() throws Exception {
        fits(png(2400, 2000, 16, 6, true), "path", 2400 * 2000 * 16L);
    }

    @Test
    void pngOfSixteenBits() throws Exception {
        fits(png(2400, 2000, 16, 2, false), "path", 2400 * 2000 * 12L);
    }

    private Path png(int width, int height, int depth, int type, boolean interlaced) throws IOException {
        Random random = new Random(1);
        int[] samples = new int[width * height * HandMadePng.channels(type)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (interlaced ? i / 9 : random.nextInt()) & (1 << depth) - 1;
        }
        return Files.write(
                folder.resolve("a.png"),
                new HandMadePng()
                        .header(width, height, depth, type, interlaced)
                        .pixels(width, height, depth, type, interlaced, samples, 1 << 20)
                        .end());
    }

    private static void fits(Path file, String way, long floats) throws Exception {
        long heap = BASELINE + floats * 135 / 100;
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(
                        java.toString(),
                        "-Xmx" + heap / 1024 + "k",
                        "-XX:+UseSerialGC",
                        "-Xmn3m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PeakHeapProbe.class.getName(),
                        way,
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        assertThat(ended).isTrue();
        assertThat(output).startsWith("Image[");
        assertThat(process.exitValue()).isZero();
        System.out.printf(
                "%s by %s: %.3f times the picture's floats%n",
                output.strip(), way, Double.parseDouble(output.strip().replaceAll(".* ", "")) / floats);
    }
}
