package org.impasto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.impasto.core.image.Image;
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
        assertThat(CommandLineRun.of("compare", a, a).out().lines())
                .containsExactly("psnr Infinity", "ssim 1.00000");
    }

    @Test
    void stylesOfPicturesOfDifferentSizes() {
        Path net = CommandLineRun.shared("weights/thin/trained/4SE.pth");
        assumeTrue(Files.exists(net), "published weights are absent");
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
}
