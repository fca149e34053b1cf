package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.impasto.testing.ReferenceBackend;
import org.impasto.testing.golden.GoldenCase;
import org.impasto.testing.golden.GoldenReport;
import org.impasto.testing.golden.GoldenRunner;
import org.junit.jupiter.api.Test;

/** The golden files of optimisers on the reference backend, which computes in float64: no error of a peer is allowed. */
class TrainingGoldenTest {
    @Test
    void theReferenceReproducesTraining() {
        Path folder = SharedFiles.golden();
        assumeTrue(Files.isDirectory(folder), "no golden files here");
        List<Path> files = GoldenRunner.files(folder).stream()
                .filter(TrainingGoldenTest::isTraining)
                .toList();
        GoldenReport report = TrainingGoldenOperations.register(new GoldenRunner())
                .withPeerFactor(0)
                .run(files, new ReferenceBackend());
        System.out.println("training: " + report);
        assertThat(report.failures()).isEmpty();
        assertThat(report.cases()).isEqualTo(files.size());
    }

    private static boolean isTraining(Path file) {
        try (GoldenCase golden = GoldenCase.open(file)) {
            return TrainingGoldenOperations.OPS.contains(golden.op());
        }
    }
}
