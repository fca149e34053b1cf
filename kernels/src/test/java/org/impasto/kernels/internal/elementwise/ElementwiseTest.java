package org.impasto.kernels.internal.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.DoubleUnaryOperator;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.widths.WidthLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElementwiseTest {
    static List<Integer> widths() {
        return WidthLoader.widths();
    }

    @ParameterizedTest
    @MethodSource("widths")
    void vectorAndPlainLoopsGiveEqualBits(int bits) throws Exception {
        WidthLoader.run(bits, ElementwiseChecks.class, "equalBits");
    }

    @ParameterizedTest
    @CsvSource({
        "EXPONENTIAL, -104, 88.72, 1",
        "EXPONENTIAL, -1, 1, 1",
        "LOGARITHM, 1e-38, 3e38, 0.9",
        "LOGARITHM, 0.4, 2.5, 0.9",
        "LOGARITHM, 1e-45, 1e-38, 0.9",
        "HYPERBOLIC_TANGENT, -12, 12, 1.5",
        "HYPERBOLIC_TANGENT, -1, 1, 1.5",
        "HYPERBOLIC_TANGENT, -1e-3, 1e-3, 1.5",
        "SIGMOID, -104, 100, 2.5",
        "SIGMOID, -2, 2, 2.5",
        "SILU, -50, 50, 3.5",
        "SQUARE_ROOT, 0, 1e10, 0.51",
        "RECIPROCAL_SQUARE_ROOT, 1e-10, 10, 1.6",
        "SINE, -100, 100, 0.51",
        "COSINE, -100, 100, 0.51",
        "LOGARITHM_OF_ONE_PLUS, -0.999, 4, 1.6",
        "LOGARITHM_OF_ONE_PLUS, 1e-30, 1e30, 1.6",
        "SOFTPLUS, -100, 100, 2.5",
        "SOFTPLUS, -2, 2, 2.5",
        "ERROR_FUNCTION, -5, 5, 1.6",
        "ERROR_FUNCTION, 1e-30, 1, 1.6",
        "GELU, -12, 12, 7",
        "GELU, -1, 1, 7",
        "ELU, -30, 30, 2",
        "ELU, -1, 1, 2",
        "ELU, -1e-3, 1e-3, 2"
    })
    void functionsAreAccurate(UnaryOperation operation, float least, float most, double unitsInTheLastPlace) {
        Random random = new Random(1);
        int count = 100_000;
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = i % 2 == 0 && least > 0
                    ? (float) (least * Math.pow((double) most / least, random.nextDouble()))
                    : least + random.nextFloat() * (most - least);
        }
        float[] y = new float[count];
        new PlainFloatLoops().unary(operation, 1, 0, count, x, 0, y, 0);
        DoubleUnaryOperator exact = exact(operation);
        double worst = 0;
        for (int i = 0; i < count; i++) {
            double expected = exact.applyAsDouble(x[i]);
            worst = Math.max(worst, Math.abs(y[i] - expected) / Math.ulp((float) expected));
        }
        assertThat(worst).isLessThanOrEqualTo(unitsInTheLastPlace);
    }

    private static DoubleUnaryOperator exact(UnaryOperation operation) {
        return switch (operation) {
            case EXPONENTIAL -> Math::exp;
            case LOGARITHM -> Math::log;
            case HYPERBOLIC_TANGENT -> Math::tanh;
            case SIGMOID -> v -> v < 0 ? Math.exp(v) / (1 + Math.exp(v)) : 1 / (1 + Math.exp(-v));
            case SILU -> v -> v < 0 ? v * (Math.exp(v) / (1 + Math.exp(v))) : v / (1 + Math.exp(-v));
            case SQUARE_ROOT -> Math::sqrt;
            case RECIPROCAL_SQUARE_ROOT -> v -> 1 / Math.sqrt(v);
            case SINE -> Math::sin;
            case COSINE -> Math::cos;
            case LOGARITHM_OF_ONE_PLUS -> Math::log1p;
            case SOFTPLUS -> v -> Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
            case ERROR_FUNCTION -> ErrorFunction::erf;
            case GELU -> ErrorFunction::gelu;
            case ELU -> v -> v > 0 ? v : Math.expm1(v);
            default -> throw new AssertionError(operation);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "EXPONENTIAL, NaN, NaN",
        "EXPONENTIAL, Infinity, Infinity",
        "EXPONENTIAL, -Infinity, 0",
        "EXPONENTIAL, -0.0, 1",
        "EXPONENTIAL, 89, Infinity",
        "EXPONENTIAL, -105, 0",
        "EXPONENTIAL, -103.2, 1.4e-45",
        "EXPONENTIAL, 1e-45, 1",
        "LOGARITHM, 0, -Infinity",
        "LOGARITHM, -0.0, -Infinity",
        "LOGARITHM, -1, NaN",
        "LOGARITHM, NaN, NaN",
        "LOGARITHM, Infinity, Infinity",
        "LOGARITHM, 1, 0",
        "LOGARITHM, -Infinity, NaN",
        "HYPERBOLIC_TANGENT, NaN, NaN",
        "HYPERBOLIC_TANGENT, Infinity, 1",
        "HYPERBOLIC_TANGENT, -Infinity, -1",
        "HYPERBOLIC_TANGENT, -0.0, -0.0",
        "HYPERBOLIC_TANGENT, 1e-45, 1e-45",
        "SIGMOID, NaN, NaN",
        "SIGMOID, Infinity, 1",
        "SIGMOID, -Infinity, 0",
        "SIGMOID, -0.0, 0.5",
        "LOGARITHM_OF_ONE_PLUS, NaN, NaN",
        "LOGARITHM_OF_ONE_PLUS, -0.0, -0.0",
        "LOGARITHM_OF_ONE_PLUS, 1e-45, 1e-45",
        "LOGARITHM_OF_ONE_PLUS, -1, -Infinity",
        "LOGARITHM_OF_ONE_PLUS, -2, NaN",
        "LOGARITHM_OF_ONE_PLUS, Infinity, Infinity",
        "SOFTPLUS, NaN, NaN",
        "SOFTPLUS, Infinity, Infinity",
        "SOFTPLUS, -Infinity, 0",
        "SOFTPLUS, 3e38, 3e38",
        "ERROR_FUNCTION, NaN, NaN",
        "ERROR_FUNCTION, Infinity, 1",
        "ERROR_FUNCTION, -Infinity, -1",
        "ERROR_FUNCTION, -0.0, -0.0",
        "GELU, NaN, NaN",
        "GELU, Infinity, Infinity",
        "GELU, -Infinity, -0.0",
        "GELU, -3e38, -0.0",
        "GELU, 3e38, 3e38",
        "GELU, -0.0, -0.0",
        "SILU, NaN, NaN",
        "SILU, Infinity, Infinity",
        "RELU, NaN, NaN",
        "RELU, -5, 0",
        "RELU, -Infinity, 0",
        "LEAKY_RELU, -2, -0.5",
        "LEAKY_RELU, NaN, NaN",
        "ELU, NaN, NaN",
        "ELU, -Infinity, -0.25",
        "ELU, Infinity, Infinity",
        "ELU, -0.0, -0.0",
        "ELU, -1e-30, -2.5e-31",
        "CLAMP, NaN, NaN",
        "CLAMP, 7, 1.5",
        "CLAMP, -7, 0.25",
        "NEGATE, 0, -0.0",
        "ABSOLUTE, -0.0, 0",
        "RECIPROCAL, 0, Infinity",
        "SQUARE_ROOT, -1, NaN",
        "RECIPROCAL_SQUARE_ROOT, 0, Infinity",
        "SQUARE, 1e30, Infinity",
        "AFFINE, 2, 2"
    })
    void specialValues(UnaryOperation operation, float x, float expected) {
        float[] y = new float[40];
        float[] all = new float[40];
        java.util.Arrays.fill(all, x);
        for (boolean vector : new boolean[] {false, true}) {
            new Elementwise(vector)
                    .unary(
                            operation,
                            0.25f,
                            1.5f,
                            40,
                            all,
                            0,
                            y,
                            0,
                            ElementwiseChecks.alone(),
                            ElementwiseChecks.run());
            for (float value : y) {
                assertThat(Float.floatToIntBits(value))
                        .as("%s(%s) = %s", operation, x, value)
                        .isEqualTo(Float.floatToIntBits(expected));
            }
        }
        double[] wide = {x};
        new Elementwise(false)
                .unary(operation, 0.25, 1.5, 1, wide, 0, wide, 0, ElementwiseChecks.alone(), ElementwiseChecks.run());
        if (Float.isNaN(expected)) {
            assertThat(wide[0]).isNaN();
        } else if (!Float.isInfinite(expected)) {
            assertThat(wide[0]).isBetween(expected - 1e-30, expected + 1e-30);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void operandsAreBroadcast(boolean vector) {
        int[][][] cases = {
            {{2, 3, 4, 5}, {2, 3, 4, 5}, {2, 3, 4, 5}},
            {{2, 3, 4, 5}, {2, 3, 4, 5}, {1, 3, 1, 1}},
            {{2, 3, 4, 5}, {2, 3, 1, 1}, {2, 3, 4, 5}},
            {{2, 3, 4, 5}, {5}, {2, 3, 4, 1}},
            {{2, 3, 4, 5}, {}, {2, 3, 4, 5}},
            {{2, 3, 4, 5}, {2, 1, 4, 1}, {1, 3, 1, 5}},
            {{1}, {1}, {1}},
            {{}, {}, {}},
            {{0, 3}, {0, 3}, {3}},
            {{40, 3000}, {40, 1}, {3000}},
            {{70, 1100}, {1, 1}, {70, 1100}},
            {{3, 1, 2}, {3, 1, 2}, {1, 1, 2}},
            {{2, 40000}, {2, 1}, {2, 40000}}
        };
        Random random = new Random(2);
        for (int[][] shapes : cases) {
            float[] a = numbers(random, shapes[1]);
            float[] b = numbers(random, shapes[2]);
            int count = size(shapes[0]);
            float[] y = new float[count + 1];
            double[] wide = new double[count];
            for (BinaryOperation operation : List.of(BinaryOperation.SUBTRACT, BinaryOperation.DIVIDE)) {
                new Elementwise(vector)
                        .binary(
                                operation,
                                shapes[0],
                                a,
                                1,
                                shapes[1],
                                b,
                                1,
                                shapes[2],
                                y,
                                1,
                                ElementwiseChecks.alone(),
                                ElementwiseChecks.run());
                new Elementwise(vector)
                        .binary(
                                operation,
                                shapes[0],
                                widened(a),
                                1,
                                shapes[1],
                                widened(b),
                                1,
                                shapes[2],
                                wide,
                                0,
                                ElementwiseChecks.alone(),
                                ElementwiseChecks.run());
                for (int i = 0; i < count; i++) {
                    float left = a[1 + index(i, shapes[0], shapes[1])];
                    float right = b[1 + index(i, shapes[0], shapes[2])];
                    boolean difference = operation == BinaryOperation.SUBTRACT;
                    assertThat(y[1 + i]).isEqualTo(difference ? left - right : left / right);
                    assertThat(wide[i]).isEqualTo(difference ? (double) left - right : (double) left / right);
                }
            }
        }
        assertThatThrownBy(() -> Broadcast.of(new int[] {2, 3}, new int[] {2, 2}, new int[] {3}))
                .hasMessageContaining("[2, 2]")
                .hasMessageContaining("[2, 3]");
    }

    @Test
    void isEqualForAnyNumberOfThreadsAndInPlace() {
        ExecutorService executor = Executors.newFixedThreadPool(3);
        try {
            float[] x = numbers(new Random(3), new int[] {100_003});
            float[] first = new float[100_003];
            Elementwise elementwise = new Elementwise(true);
            elementwise.unary(
                    UnaryOperation.SILU,
                    0,
                    0,
                    100_003,
                    x,
                    1,
                    first,
                    0,
                    new Workers(executor, 1),
                    ElementwiseChecks.run());
            for (int threads = 2; threads <= 3; threads++) {
                float[] other = x.clone();
                elementwise.unary(
                        UnaryOperation.SILU,
                        0,
                        0,
                        100_003,
                        other,
                        1,
                        other,
                        1,
                        new Workers(executor, threads),
                        ElementwiseChecks.run());
                assertThat(java.util.Arrays.copyOfRange(other, 1, 100_004)).isEqualTo(first);
            }
        } finally {
            executor.shutdown();
        }
    }

    private static int size(int[] shape) {
        int size = 1;
        for (int length : shape) {
            size *= length;
        }
        return size;
    }

    private static int index(int i, int[] shape, int[] operand) {
        int left = i;
        int index = 0;
        int step = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            int at = left % shape[axis];
            left /= shape[axis];
            int own = axis - shape.length + operand.length;
            if (own >= 0) {
                index += (operand[own] == 1 ? 0 : at) * step;
                step *= operand[own];
            }
        }
        return index;
    }

    private static float[] numbers(Random random, int[] shape) {
        float[] numbers = new float[size(shape) + 1];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static double[] widened(float[] x) {
        double[] wide = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            wide[i] = x[i];
        }
        return wide;
    }
}
