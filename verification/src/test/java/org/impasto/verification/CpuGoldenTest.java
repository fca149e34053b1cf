package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.impasto.core.BackendOptions;
import org.impasto.testing.golden.CoreGoldenOperations;
import org.impasto.testing.golden.GoldenReport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every golden file of a folder on every provider and vector width. The folder is {@code -Dimpasto.golden=DIR}; files are
 * dispatched by their {@code op}, and each run prints how many cases ran, what is not covered yet, and the worst ratio of
 * our error to that of another float32 implementation.
 */
class CpuGoldenTest {
    @TestFactory
    Stream<DynamicTest> goldenFilesAreReproduced() {
        Path folder = SharedFiles.golden();
        assumeTrue(Files.isDirectory(folder), () -> "no golden files at " + folder);
        return CpuVariant.all().stream()
                .map(variant -> DynamicTest.dynamicTest(variant.toString(), () -> {
                    GoldenReport report = StyleGoldenOperations.register(CoreGoldenOperations.runner())
                            .run(folder, variant.open(BackendOptions.cpu()));
                    System.out.println(variant + ": " + report);
                    assertThat(report.failures()).isEmpty();
                    assertThat(report.cases()).isPositive();
                }));
    }
}
