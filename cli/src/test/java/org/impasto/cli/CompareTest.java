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

    /** A VGG-19 of two channels in each layer. */
    private Path narrowVgg19() {
        Path file = folder.resolve("vgg19.safetensors");
        WeightWriter writer = WeightWriter.to(file);
        int[] layers = {0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34};
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
