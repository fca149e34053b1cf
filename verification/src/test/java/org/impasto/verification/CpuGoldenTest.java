package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.impasto.core.BackendOptions;
import org.impasto.testing.golden.CoreGoldenOperations;
import org.impasto.testing.golden.GoldenReport;
import org.impasto.testing.golden.GoldenRunner;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every golden file of a folder on every provider and vector width. The folder is {@code -Dimpasto.golden=DIR}; files are
 * dispatched by their {@code op}, and each run prints how many cases ran, what is not covered yet, and the worst ratio of
 * our error to that of another float32 implementation. Where the folder is absent, the few files that are part of the
 * repository serve.
 */
class CpuGoldenTest {
    /** Where sums are added in another order, a factor of 2 to 4 on the peer's error is fair. */
    private static final double PEER_FACTOR = 4;

    /** The most that the fast 3x3 convolution may add to the rounding error of the plain sum. */
    private static final double WINOGRAD_FACTOR = 2.5;

    /** Ops of what the library does not have yet: diffusion, the text encoder. */
    private static final Set<String> NOT_YET = Set.of(
            "(weights only)",
            "AutoencoderKL",
            "CLIPTextModel",
            "ControlNetModel+UNet",
            "CrossAttnDownBlock2D",
            "CrossAttnUpBlock2D",
            "Downsample2D",
            "ResnetBlock2D",
            "Timesteps+TimestepEmbedding",
            "Transformer2DModel",
            "UNet2DConditionModel",
            "UNetMidBlock2DCrossAttn",
            "Upsample2D",
            "ddpm_mnist",
            "ddpm_mnist_unet",
            "schedules",
            "styleguide",
            "taef2",
            "tiny_sd_run",
            "weights");

    @TestFactory
    Stream<DynamicTest> goldenFilesAreReproduced() throws URISyntaxException {
        URL own = Objects.requireNonNull(CpuGoldenTest.class.getResource("/golden"));
        Path shared = SharedFiles.golden();
        boolean absent =
                !Files.isDirectory(shared) && shared.equals(SharedFiles.folder().resolve("golden"));
        Path folder = absent ? Path.of(own.toURI()) : shared; // a folder that was asked for must be there
        return CpuVariant.all().stream()
                .flatMap(variant -> Stream.of(
                        test(folder, variant, "fast", BackendOptions.cpu(), PEER_FACTOR * WINOGRAD_FACTOR),
                        test(folder, variant, "exact", BackendOptions.cpu().withExactConvolution(), PEER_FACTOR)));
    }

    private static DynamicTest test(
            Path folder, CpuVariant variant, String precision, BackendOptions options, double peerFactor) {
        String name = variant + ", " + precision;
        return DynamicTest.dynamicTest(name, () -> {
            GoldenReport report = runner().withPeerFactor(peerFactor).run(folder, variant.open(options));
            System.out.println(name + ": " + report);
            assertThat(report.failures()).isEmpty();
            assertThat(report.unknownOps().keySet())
                    .as("ops that nobody computes")
                    .isSubsetOf(NOT_YET);
            assertThat(report.cases()).isPositive();
        });
    }

    /** Knows the operations of core and what module nn makes of them. */
    private static GoldenRunner runner() {
        GoldenRunner runner = CoreGoldenOperations.runner();
        FilterGoldenOperations.register(runner);
        FlowGoldenOperations.register(runner);
        FunctionGoldenOperations.register(runner);
        LayerGoldenOperations.register(runner);
        MatrixGoldenOperations.register(runner);
        MetricGoldenOperations.register(runner);
        StyleGoldenOperations.register(runner);
        TrainingGoldenOperations.register(runner);
        TransferGoldenOperations.register(runner);
        return runner;
    }
}
