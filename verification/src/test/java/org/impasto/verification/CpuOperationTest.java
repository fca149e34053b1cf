package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.impasto.core.BackendOptions;
import org.impasto.core.Convolution;
import org.impasto.core.ElementType;
import org.impasto.testing.OperationCase;
import org.impasto.testing.OperationChecks;
import org.impasto.testing.OperationTable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every row of the operation table on every provider and vector width of the CPU backend. */
class CpuOperationTest {
    private static final List<CpuVariant> VARIANTS = CpuVariant.all();

    @Test
    void everyOperationHasAKernel() {
        Map<String, Set<Class<?>>> kernels = new HashMap<>();
        VARIANTS.forEach(variant -> kernels.put(variant.toString(), variant.operations()));
        assertThat(OperationTable.missing(kernels)).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> resultsAreThoseOfTheReference() {
        return VARIANTS.stream().flatMap(variant -> {
            var backend = variant.open(BackendOptions.cpu().withThreads(2));
            return rows().map(row -> DynamicTest.dynamicTest(
                    variant + ": " + row, () -> OperationChecks.againstReference(backend, row)));
        });
    }

    @TestFactory
    Stream<DynamicTest> resultsAreTheSameBitsForAnyNumberOfThreads() {
        return VARIANTS.stream().flatMap(variant -> {
            var backends = Stream.of(1, 2, 3)
                    .map(threads -> variant.open(BackendOptions.cpu().withThreads(threads)))
                    .toList();
            return rows().map(row ->
                    DynamicTest.dynamicTest(variant + ": " + row, () -> OperationChecks.equalBits(backends, row)));
        });
    }

    private static Stream<OperationCase> rows() {
        return OperationTable.cases().stream()
                .filter(row -> !(row.operation() instanceof Convolution && row.uses(ElementType.FLOAT64)));
    }
}
