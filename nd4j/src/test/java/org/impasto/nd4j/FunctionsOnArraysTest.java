package org.impasto.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.Backend;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.testing.ReferenceBackend;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@NeedsNd4jNatives
class FunctionsOnArraysTest {
    private final Backend backend = new ReferenceBackend();
    private final INDArray columns =
            Nd4j.createFromArray(new float[][] {{1, -2, 3}, {-4, 5, -6}}).transpose();

    @Test
    void runsAFunctionOnAView() {
        INDArray result = NdArrays.map(backend, Tensor::relu, columns);
        assertThat(result.shape()).containsExactly(3, 2);
        assertThat(result.ordering()).isEqualTo('c');
        assertThat(result.toFloatMatrix()).isDeepEqualTo(new float[][] {{1, 0}, {0, 5}, {3, 0}});
        assertThat(columns.getFloat(1, 0)).as("the input stays as it was").isEqualTo(-2);
    }

    @Test
    void runsAFunctionOfSeveralTensors() {
        INDArray other = Nd4j.createFromArray(new float[][] {{10, 20}});
        List<INDArray> results = NdArrays.mapAll(
                backend, x -> List.of(x.get(0).add(x.get(1)), x.get(1).square().sum()), columns, other);
        assertThat(results.get(0).toFloatMatrix()).isDeepEqualTo(new float[][] {{11, 16}, {8, 25}, {13, 14}});
        assertThat(results.get(1).getFloat(0)).isEqualTo(500);
        assertThat(NdArrays.mapAll(backend, x -> List.of(Tensor.of(backend, Shape.of(1), 7)))
                        .get(0)
                        .getFloat(0))
                .isEqualTo(7);
    }

    @Test
    void keepsTheNamesAndOrderOfResults() {
        Map<String, INDArray> results = NdArrays.mapNamed(
                backend,
                x -> {
                    Map<String, Tensor> features = new LinkedHashMap<>();
                    features.put("relu", x.relu());
                    features.put("double", x.affine(2, 0));
                    features.put("absolute", x.abs());
                    return features;
                },
                columns);
        assertThat(results.keySet()).containsExactly("relu", "double", "absolute");
        assertThat(results.get("double").getFloat(2, 1)).isEqualTo(-12);
    }

    @Test
    void givesEverythingBackThatWasMadeOnTheWay() {
        // In a scope of the caller, which would hold whatever the function's own scope did not give back.
        try (Scope caller = Scope.open()) {
            long before = Storage.live();
            NdArrays.map(backend, x -> x.relu().square().exp(), columns);
            assertThat(Storage.live()).isEqualTo(before);
            NdArrays.mapAll(backend, x -> List.of(x.get(0).relu().exp(), x.get(0)), columns);
            assertThat(Storage.live()).isEqualTo(before);
            NdArrays.mapNamed(backend, x -> Map.of("y", x.relu().exp()), columns);
            assertThat(Storage.live()).isEqualTo(before);
            assertThatThrownBy(() -> NdArrays.map(backend, x -> x.relu().matmul(x), columns))
                    .isInstanceOf(ShapeException.class);
            assertThat(Storage.live()).isEqualTo(before);
            assertThatThrownBy(() -> NdArrays.mapAll(backend, x -> x, columns, Nd4j.create("text")))
                    .hasMessageContaining("UTF8");
            assertThat(Storage.live()).isEqualTo(before);
        }
    }

    @Test
    void runsInTheRunOfTheCaller() {
        INDArray zeros = Nd4j.zeros(DataType.FLOAT, 2, 3);
        float[] expected;
        INDArray noise;
        try (Scope scope = Scope.open(Run.inference(7))) {
            expected = Tensor.of(backend, Shape.of(2, 3), new float[6])
                    .noise(Shape.of(2, 3))
                    .toFloats();
        }
        try (Scope scope = Scope.open(Run.inference(7))) {
            noise = NdArrays.map(backend, x -> x.add(x.noise(x.shape())), zeros);
        }
        assertThat(noise.ravel().toFloatVector()).isEqualTo(expected);
    }

    @Test
    void givesBackATensorOfTheCallerUnharmed() {
        try (Scope scope = Scope.open()) {
            Tensor weight = Tensor.of(backend, Shape.of(2), 3, 4);
            INDArray result = NdArrays.map(backend, x -> weight, columns);
            assertThat(result.toFloatVector()).containsExactly(3, 4);
            assertThat(weight.toFloats()).containsExactly(3, 4);
        }
    }
}
