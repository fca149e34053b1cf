package org.impasto.testing.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.impasto.testing.ReferenceBackend;
import org.junit.jupiter.api.Test;

class ReferenceGoldenTest {
    @Test
    void theReferenceAgreesWithTheGoldenFilesToTheirRounding() {
        Path folder = Path.of(System.getProperty("impasto.golden", "../../shared/golden"));
        List<Path> folders = List.of(folder.resolve("ops"), folder.resolve("style"));
        for (Path present : folders) {
            assumeThat(Files.isDirectory(present)).as(present + " is there").isTrue();
        }
        List<Path> files = folders.stream()
                .flatMap(each -> GoldenRunner.files(each).stream())
                .toList();
        // It computes in float64, so nothing but the rounding of the stored float32 values is allowed.
        GoldenReport report = CoreGoldenOperations.runner().withPeerFactor(0).run(files, new ReferenceBackend());
        System.out.println(report);
        assertThat(report.failures()).isEmpty();
        assertThat(report.casesByOp().keySet())
                .contains("conv2d", "max_pool2d", "avg_pool2d", "matmul", "channel_mean_std", "covariance", "eigh")
                .contains("pad", "relu", "upsample", "gram");
    }
}
