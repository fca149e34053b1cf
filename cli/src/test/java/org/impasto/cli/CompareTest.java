package org.impasto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.impasto.core.Shape;
import org.impasto.core.image.Image;
import org.impasto.core.weights.WeightWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareTest {
    @TempDir
    private Path folder;

    @Test
    void aLineForEachMetric() {
        Path a = folder.resolve("a.png");
        Path b = folder.resolve("b.png");
        float[] grey = new float[3 * 32 * 32];
        Arrays.fill(grey, 0);
        Image.of(32, 32, grey).write(a);
        Arrays.fill(grey, 51 / 255f);
        Image.of(32, 32, grey).write(b);
        CommandLineRun run = CommandLineRun.of("compare", a, b);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        // A difference of 0.2 everywhere: 20 log10(5) dB; means of 0 and 0.2 and no variance: C1 / (0.04 + C1).
        assertThat(run.out().lines()).containsExactly("psnr 13.9794", "ssim 0.00249377");
        assertThat(CommandLineRun.of("compare", a, a).out().lines()).containsExactly("psnr Infinity", "ssim 1.00000");
    }

    @Test
    void coloursThatNobodySeesDoNotCount() {
        Path a = folder.resolve("a.png");
        Path b = folder.resolve("b.png");
        Image.of(12, 12, new float[3 * 12 * 12], new float[12 * 12]).write(a);
        Image.of(12, 12, Pictures.noise(12, 12, 1).pixels(), new float[12 * 12]).write(b);
        assertThat(CommandLineRun.of("compare", a, b).out().lines()).containsExactly("psnr Infinity", "ssim 1.00000");
    }

    @Test
    void stylesOfPicturesOfDifferentSizes() {
        Path net = narrowVgg19();
        Path a = folder.resolve("a.png");
        Path b = folder.resolve("b.png");
        Pictures.noise(64, 48, 1).write(a);
        Pictures.noise(48, 64, 2).write(b);
        CommandLineRun run = CommandLineRun.of("compare", a, b, "--net", net);
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).singleElement().asString().startsWith("stysim ");
        CommandLineRun none = CommandLineRun.of("compare", a, b);
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("64x48", "48x64", "expected one size");
        assertThat(CommandLineRun.of("compare", a, b, "--lpips", net).code()).isEqualTo(2);
        assertThat(CommandLineRun.of("compare", a).code()).isEqualTo(2);
    }

    @Test
    void smallPicturesHaveTheMetricsThatCanBe() {
        Path a = folder.resolve("a.png");
        Path b = folder.resolve("b.png");
        Pictures.noise(16, 20, 1).write(a);
        Pictures.noise(16, 10, 2).write(b);
        CommandLineRun run = CommandLineRun.of("compare", b, b);
        assertThat(run.out().lines()).containsExactly("psnr Infinity");
        assertThat(run.err()).contains("ssim: needs pictures of 11x11 pixels at least, " + b + " has 16x10; left out");
        assertThat(run.code()).isZero();
        Path net = narrowVgg19();
        run = CommandLineRun.of("compare", a, a, "--net", net);
        assertThat(run.out().lines()).containsExactly("psnr Infinity", "ssim 1.00000", "stysim 0.00000");
        assertThat(run.err()).isEmpty();
        run = CommandLineRun.of("compare", a, b, "--net", net);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("stysim: needs pictures of 16x16", b.toString());
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void networksThatDoNotFitAreFoundBeforeAnythingIsPrinted() {
        Path a = folder.resolve("a.png");
        Pictures.noise(40, 40, 1).write(a);
        Path vgg19 = narrowVgg19();
        Path heads = folder.resolve("heads.safetensors");
        WeightWriter writer = WeightWriter.to(heads);
        int[] channels = {64, 128, 256, 512, 512};
        for (int i = 0; i < channels.length; i++) {
            writer.floats("lin" + i + ".model.1.weight", Shape.of(1, channels[i], 1, 1), new float[channels[i]]);
        }
        writer.write();
        Path tooShort = narrowVgg19("short.safetensors", 9);
        CommandLineRun run = CommandLineRun.of("compare", a, a, "--net", tooShort);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("--net " + tooShort, "pool4", "stysim").hasLineCount(1);
        assertThat(run.code()).isEqualTo(1);
        run = CommandLineRun.of("compare", a, a, "--net", vgg19, "--lpips", heads);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("--net " + vgg19, "lpips", "VGG-16").hasLineCount(1);
        assertThat(run.code()).isEqualTo(1);
    }

    private Path narrowVgg19() {
        return narrowVgg19("vgg19.safetensors", 16);
    }

    /** A VGG-19 of two channels in each layer, of so many convolutions. */
    private Path narrowVgg19(String name, int convolutions) {
        Path file = folder.resolve(name);
        WeightWriter writer = WeightWriter.to(file);
        int[] all = {0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34};
        int[] layers = Arrays.copyOf(all, convolutions);
        Random random = new Random(5);
        for (int layer : layers) {
            int in = layer == 0 ? 3 : 2;
            float[] weights = new float[2 * in * 9];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) random.nextGaussian();
            }
            writer.floats("features." + layer + ".weight", Shape.of(2, in, 3, 3), weights);
            writer.floats("features." + layer + ".bias", Shape.of(2), new float[2]);
        }
        writer.write();
        return file;
    }
}
