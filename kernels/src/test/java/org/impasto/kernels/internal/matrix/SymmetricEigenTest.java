package org.impasto.kernels.internal.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.impasto.core.BackendException;
import org.impasto.core.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricEigenTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 7, 16, 33, 100, 200})
    void decomposesRandomMatrices(int n) {
        Random random = new Random(n);
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                a[i * n + j] = random.nextGaussian();
                a[j * n + i] = a[i * n + j];
            }
        }
        check(n, a);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-300, 1e300, 0})
    void decomposesRankDeficientMatricesOfAnySize(double factor) {
        int n = 40;
        Random random = new Random(3);
        double[] x = random.doubles(n * 7, -1, 1).toArray();
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                for (int k = 0; k < 7; k++) {
                    a[i * n + j] += factor * x[i * 7 + k] * x[j * 7 + k];
                }
                a[j * n + i] = a[i * n + j];
            }
        }
        double[] values = check(n, a);
        for (int i = 0; i < n - 7; i++) {
            assertThat(Math.abs(values[i])).isLessThanOrEqualTo(1e-13 * Math.abs(values[n - 1]));
        }
    }

    @Test
    void decomposesRepeatedValues() {
        int n = 30;
        double[] a = new double[n * n];
        double[] v = new Random(4).doubles(n, -1, 1).toArray();
        double square = Arrays.stream(v).map(t -> t * t).sum();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) { // a reflection: -1 once, 1 otherwise
                a[i * n + j] = (i == j ? 1 : 0) - 2 * v[i] * v[j] / square;
            }
        }
        double[] values = check(n, a);
        assertThat(values[0]).isBetween(-1 - 1e-13, -1 + 1e-13);
        assertThat(values[1]).isBetween(1 - 1e-13, 1 + 1e-13);
        check(n, new double[n * n]);
    }

    @Test
    void decomposesWilkinsonsMatrix() { // pairs of values that agree to many digits
        int n = 21;
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++) {
            a[i * n + i] = Math.abs(i - 10);
            if (i > 0) {
                a[i * n + i - 1] = 1;
                a[(i - 1) * n + i] = 1;
            }
        }
        assertThat(check(n, a)[20]).isBetween(10.746194182903393 - 1e-13, 10.746194182903393 + 1e-13);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void refusesWhatIsNotFinite(double value) {
        double[] a = {1, 0, value, 1};
        assertThatThrownBy(() -> SymmetricEigen.decompose(2, a, 0, new double[2], 0, new double[4], 0, Run.inference()))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("entry 1,0")
                .hasMessageContaining("2x2");
    }

    @Test
    void agreesWithGoldenFiles() throws IOException {
        Path folder = Path.of(System.getProperty("impasto.golden", "../../shared/golden"), "ops");
        assumeTrue(Files.isDirectory(folder), "no golden files");
        int files = 0;
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "eigh.*.safetensors")) {
            for (Path file : found) {
                double[] a = tensor(file, "in.a");
                double[] expected = tensor(file, "out.values");
                int n = expected.length;
                double[] values = check(n, a);
                double norm = Math.max(Math.abs(expected[0]), Math.abs(expected[n - 1]));
                for (int i = 0; i < n; i++) {
                    assertThat(values[i])
                            .as("%s value %d", file.getFileName(), i)
                            .isBetween(expected[i] - 1e-13 * norm, expected[i] + 1e-13 * norm);
                }
                files++;
            }
        }
        assertThat(files).isGreaterThanOrEqualTo(8);
    }

    /** Checks that A V = V diag(values), that V is orthonormal and the values ascend; returns the values. */
    private static double[] check(int n, double[] a) {
        double[] values = new double[n + 1];
        double[] vectors = new double[n * n + 2];
        SymmetricEigen.decompose(n, a, 0, values, 1, vectors, 2, Run.inference());
        double norm = 0;
        for (double value : values) {
            norm = Math.max(norm, Math.abs(value));
        }
        double tolerance = 1e-15 * (10 + n);
        for (int j = 0; j < n; j++) {
            assertThat(j == 0 || values[1 + j] >= values[j]).isTrue();
            for (int i = 0; i < n; i++) {
                double product = 0;
                double orthogonal = 0;
                for (int k = 0; k < n; k++) {
                    product += a[i * n + k] * vectors[2 + k * n + j];
                    orthogonal += vectors[2 + k * n + i] * vectors[2 + k * n + j];
                }
                assertThat(Math.abs(product - values[1 + j] * vectors[2 + i * n + j]))
                        .as("A v = lambda v, value %d of %d", j, n)
                        .isLessThanOrEqualTo(tolerance * norm);
                assertThat(Math.abs(orthogonal - (i == j ? 1 : 0)))
                        .as("columns %d and %d of %d", i, j, n)
                        .isLessThanOrEqualTo(tolerance);
            }
        }
        return Arrays.copyOfRange(values, 1, n + 1);
    }

    private static double[] tensor(Path file, String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) bytes.getLong(0);
        String json = new String(bytes.array(), 8, header, StandardCharsets.UTF_8);
        Matcher entry = Pattern.compile(
                        "\"" + Pattern.quote(name) + "\":\\s*\\{[^}]*\"data_offsets\":\\s*\\[(\\d+),\\s*(\\d+)]")
                .matcher(json);
        assertThat(entry.find()).as("%s in %s", name, file).isTrue();
        int from = Integer.parseInt(entry.group(1));
        double[] values = new double[(Integer.parseInt(entry.group(2)) - from) / 8];
        bytes.position(8 + header + from);
        bytes.asDoubleBuffer().get(values);
        return values;
    }
}
