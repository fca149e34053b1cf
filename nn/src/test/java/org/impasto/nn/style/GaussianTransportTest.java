package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianTransportTest {
    private static final double EPSILON = 0x1p-52;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void mapsMeanAndCovarianceExactly(long seed) {
        Random random = new Random(seed);
        ColorStatistics a = randomStatistics(random, 1);
        ColorStatistics b = randomStatistics(random, 1);
        GaussianTransport transport = GaussianTransport.between(a, b, 1e-9);

        double[] offset = transport.offset();
        double[][] mapped = sandwich(transport.matrix(), a.covariance());
        // errors of the roots grow with the condition of A; it is below 1e6 here
        double tolerance = 1e6 * 100 * EPSILON;
        for (int i = 0; i < 3; i++) {
            double mean = offset[i];
            for (int j = 0; j < 3; j++) {
                mean += transport.matrix()[i][j] * a.mean()[j];
                assertThat(mapped[i][j]).isCloseTo(b.covariance()[i][j], within(tolerance));
            }
            assertThat(mean).isCloseTo(b.mean()[i], within(tolerance));
        }
    }

    @Test
    void isSymmetricAndPositive() {
        Random random = new Random(11);
        GaussianTransport transport =
                GaussianTransport.between(randomStatistics(random, 1), randomStatistics(random, 1), 1e-3);
        double[][] t = transport.matrix();
        assertThat(t[0][1]).isEqualTo(t[1][0]);
        assertThat(t[0][2]).isEqualTo(t[2][0]);
        assertThat(t[1][2]).isEqualTo(t[2][1]);
        for (double value : SymmetricEigen.of(t).values()) {
            assertThat(value).isPositive();
        }
    }

    @Test
    void betweenEqualDistributionsIsTheIdentity() {
        Random random = new Random(12);
        for (double scale : new double[] {1, 1e-3, 0}) {
            ColorStatistics a = randomStatistics(random, scale);
            assertIdentity(GaussianTransport.between(a, a, 0.01), 1e-9);
        }
    }

    @Test
    void noiseBoundsTheMapOfAFlatDistribution() {
        Random random = new Random(13);
        ColorStatistics flat = new ColorStatistics(10, new double[3], new double[3][3]);
        ColorStatistics b = randomStatistics(random, 1);
        double trace = b.covariance()[0][0] + b.covariance()[1][1] + b.covariance()[2][2];
        double noise = 0.01;
        GaussianTransport transport = GaussianTransport.between(flat, b, noise);
        for (double value : SymmetricEigen.of(transport.matrix()).values()) {
            assertThat(value).isBetween(0.0, Math.sqrt(trace + noise * noise) / noise);
        }
    }

    /** A grey picture takes the colour that goes with each lightness in the style. */
    @Test
    void greyTakesTheRegressionOfColorOnLightness() {
        double[][] grey = {{0.04, 0, 0}, {0, 0, 0}, {0, 0, 0}};
        double[][] warm = {{0.09, 0.03, 0}, {0.03, 0.02, 0}, {0, 0, 0.001}};
        GaussianTransport transport = GaussianTransport.between(
                new ColorStatistics(1, new double[3], grey), new ColorStatistics(1, new double[3], warm), 1e-6);
        // A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2 for vanishing noise: sqrt(B00 / A00), and B01 / sqrt(A00 B00) beside it
        assertThat(transport.matrix()[0][0]).isCloseTo(1.5, within(1e-3));
        assertThat(transport.matrix()[1][0]).isCloseTo(0.03 / Math.sqrt(0.04 * 0.09), within(1e-3));
    }

    @Test
    void partOfTheWayIsOnTheStraightLine() {
        Random random = new Random(14);
        ColorStatistics a = randomStatistics(random, 1);
        GaussianTransport whole = GaussianTransport.between(a, randomStatistics(random, 1), 0.01);
        assertIdentity(whole.partial(0), 0);
        double[] half = apply(whole.partial(0.5), new double[] {0.3, -0.2, 0.7});
        double[] full = apply(whole, new double[] {0.3, -0.2, 0.7});
        assertThat(half[0]).isCloseTo((0.3 + full[0]) / 2, within(1e-14));
        assertThat(half[1]).isCloseTo((-0.2 + full[1]) / 2, within(1e-14));
        assertThat(half[2]).isCloseTo((0.7 + full[2]) / 2, within(1e-14));
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void eigenvectorsRebuildTheMatrix(long seed) {
        double[][] a = randomStatistics(new Random(seed), 1).covariance();
        SymmetricEigen eigen = SymmetricEigen.of(a);
        double[][] again = eigen.map(value -> value);
        double[][] one = eigen.map(value -> 1);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                assertThat(again[i][j]).isCloseTo(a[i][j], within(100 * EPSILON));
                assertThat(one[i][j]).isCloseTo(i == j ? 1 : 0, within(100 * EPSILON));
            }
        }
    }

    private static double[] apply(GaussianTransport transport, double[] x) {
        double[] y = transport.offset();
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                y[i] += transport.matrix()[i][j] * x[j];
            }
        }
        return y;
    }

    private static void assertIdentity(GaussianTransport transport, double tolerance) {
        for (int i = 0; i < 3; i++) {
            assertThat(transport.offset()[i]).isCloseTo(0, within(tolerance));
            for (int j = 0; j < 3; j++) {
                assertThat(transport.matrix()[i][j]).isCloseTo(i == j ? 1 : 0, within(tolerance));
            }
        }
    }

    /** T A T, for a symmetric T. */
    private static double[][] sandwich(double[][] t, double[][] a) {
        double[][] result = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 3; k++) {
                    for (int l = 0; l < 3; l++) {
                        result[i][j] += t[i][k] * a[k][l] * t[l][j];
                    }
                }
            }
        }
        return result;
    }

    private static ColorStatistics randomStatistics(Random random, double scale) {
        double[][] factor = new double[3][3];
        double[] mean = new double[3];
        for (int i = 0; i < 3; i++) {
            mean[i] = random.nextGaussian();
            for (int j = 0; j < 3; j++) {
                factor[i][j] = scale * random.nextGaussian();
            }
        }
        double[][] covariance = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 3; k++) {
                    covariance[i][j] += factor[i][k] * factor[j][k];
                }
            }
            covariance[i][i] += 1e-5 * scale;
        }
        return new ColorStatistics(1000, mean, covariance);
    }
}
