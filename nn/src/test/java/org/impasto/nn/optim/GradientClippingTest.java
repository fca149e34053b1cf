package org.impasto.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GradientClippingTest {
    private final long before = Storage.live();
    private final Map<Parameter, Tensor> gradients = new LinkedHashMap<>();
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        gradients.keySet().forEach(Parameter::close);
        scope.close();
        assertThat(Storage.live()).isEqualTo(before);
    }

    private void add(String path, float... values) {
        Tensor gradient = Tensor.of(Quadratic.BACKEND, Shape.of(values.length), values);
        gradients.put(new Parameter(path, gradient), gradient);
    }

    private float[] of(Map<Parameter, Tensor> clipped, int index) {
        return clipped.get(gradients.keySet().toArray(new Parameter[0])[index]).toFloats();
    }

    @Test
    void theGlobalNormIsBroughtDownByOneFactor() {
        add("a", 3, 0);
        add("b", 0, -4, 12);
        assertThat(GradientClipping.globalNorm(gradients)).isEqualTo(13);
        Map<Parameter, Tensor> clipped = GradientClipping.byGlobalNorm(gradients, 6.5);
        assertThat(of(clipped, 0)).containsExactly(new float[] {1.5f, 0}, within(1e-6f));
        assertThat(of(clipped, 1)).containsExactly(new float[] {0, -2, 6}, within(1e-6f));
        assertThat(of(GradientClipping.byGlobalNorm(gradients, 14), 1)).containsExactly(0, -4, 12);
    }

    @Test
    void theNormOfHugeGradientsIsFinite() {
        add("a", 3e30f, 4e30f);
        assertThat(GradientClipping.globalNorm(gradients)).isCloseTo(5e30, within(1e24));
        assertThat(of(GradientClipping.byGlobalNorm(gradients, 1), 0))
                .containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
    }

    @Test
    void valuesAreCut() {
        add("a", 3, -0.5f, -7);
        assertThat(of(GradientClipping.byValue(gradients, 2), 0)).containsExactly(2, -0.5f, -2);
    }
}
