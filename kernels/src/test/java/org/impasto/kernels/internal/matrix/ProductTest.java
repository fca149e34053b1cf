package org.impasto.kernels.internal.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.widths.WidthLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProductTest {
    private final Workers workers = new Workers(Runnable::run, 1);

    static List<Integer> widths() {
        return WidthLoader.widths();
    }

    @ParameterizedTest
    @MethodSource("widths")
    void agreesWithFloat64LoopsAtEveryWidth(int bits) throws Exception {
        WidthLoader.run(bits, ProductChecks.class, "vector");
    }

    @Test
    void plainLoopsAgreeWithFloat64Loops() {
        ProductChecks.plain();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isEqualForAnyNumberOfThreads(boolean vector) {
        ProductChecks.threads(vector);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sumsWithoutTermsAreZero(boolean vector) {
        float[] c = {1, 2, 3, 4, 5, 6};
        new FloatMatrices(vector)
                .multiply(
                        MatrixShape.of(2, 0, 3),
                        new float[0],
                        0,
                        new float[0],
                        0,
                        c,
                        0,
                        false,
                        workers,
                        Run.inference());
        assertThat(c).containsOnly(0);
        new FloatMatrices(vector)
                .multiply(
                        MatrixShape.of(0, 4, 3),
                        new float[0],
                        0,
                        new float[12],
                        0,
                        c,
                        0,
                        false,
                        workers,
                        Run.inference());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void notANumberStaysInItsRowAndColumn(boolean vector) {
        int n = 33;
        float[] a = new float[n * n];
        float[] b = new float[n * n];
        Arrays.fill(a, 1);
        Arrays.fill(b, 1);
        a[3 * n + 4] = Float.NaN;
        b[5 * n + 7] = Float.POSITIVE_INFINITY;
        float[] c = new float[n * n];
        new FloatMatrices(vector).multiply(MatrixShape.of(n, n, n), a, 0, b, 0, c, 0, false, workers, Run.inference());
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                float expected = i == 3 ? Float.NaN : j == 7 ? Float.POSITIVE_INFINITY : n;
                assertThat(Float.valueOf(c[i * n + j])).as("%d,%d", i, j).isEqualTo(Float.valueOf(expected));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void batchesAreBroadcast(boolean vector) {
        int[] aOffsets = BatchOffsets.of(new int[] {2, 3}, new int[] {2, 1}, 4);
        int[] bOffsets = BatchOffsets.of(new int[] {2, 3}, new int[] {3}, 4);
        assertThat(aOffsets).containsExactly(0, 0, 0, 4, 4, 4);
        assertThat(bOffsets).containsExactly(0, 4, 8, 0, 4, 8);
        float[] a = {1, 0, 0, 1, 2, 0, 0, 2};
        float[] b = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        float[] c = new float[24];
        int[] cOffsets = BatchOffsets.of(new int[] {2, 3}, new int[] {2, 3}, 4);
        new FloatMatrices(vector)
                .multiply(
                        MatrixShape.of(2, 2, 2),
                        a,
                        aOffsets,
                        b,
                        bOffsets,
                        c,
                        cOffsets,
                        false,
                        workers,
                        Run.inference());
        assertThat(c)
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24);
        assertThatThrownBy(() -> BatchOffsets.of(new int[] {2, 3}, new int[] {2, 2}, 4))
                .hasMessageContaining("axis 1")
                .hasMessageContaining("expected 3 or 1");
    }
}
