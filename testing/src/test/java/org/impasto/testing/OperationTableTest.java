package org.impasto.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.impasto.core.ElementType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class OperationTableTest {
    @Test
    void everyOperationHasARowRefusalsAndAReferenceKernel() {
        assertThat(OperationTable.missing(Map.of())).isEmpty();
        assertThat(OperationTable.records()).hasSizeGreaterThan(20);
    }

    @Test
    void theCensusNamesWhatABackendLacks() {
        assertThat(OperationTable.missing(Map.of("empty", java.util.Set.of())))
                .hasSameSizeAs(OperationTable.records())
                .contains("Convolution.Conv2d has no kernel in the backend 'empty'");
    }

    @Test
    void rowsHaveNamesOfTheirOwn() {
        assertThat(OperationTable.cases()).extracting(OperationCase::toString).doesNotHaveDuplicates();
    }

    @TestFactory
    Stream<DynamicTest> theReferenceRepeatsItself() {
        return OperationTable.cases().stream()
                .map(row -> DynamicTest.dynamicTest(
                        row.toString(), () -> OperationChecks.againstReference(new ReferenceBackend(), row)));
    }

    @TestFactory
    Stream<DynamicTest> gradientsAgreeWithFiniteDifferences() {
        return OperationTable.cases().stream()
                .filter(OperationCase::isDifferentiable)
                .filter(row -> !row.uses(ElementType.FLOAT64) || row.uses(ElementType.FLOAT32))
                .map(row -> DynamicTest.dynamicTest(row.toString(), () -> OperationChecks.gradients(row)));
    }

    @TestFactory
    Stream<DynamicTest> badOperandsAreRefused() {
        return OperationRefusal.all().stream()
                .map(refusal -> DynamicTest.dynamicTest(refusal.toString(), () -> OperationChecks.refused(refusal)));
    }
}
