package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class OklabTest {
    /** The linear light values are those that the space's author lists for XYZ pairs, turned into sRGB primaries. */
    @Test
    void whiteGreyAndPrimaries() {
        assertLab(1, 1, 1, 1, 0, 0);
        assertLab(0, 0, 0, 0, 0, 0);
        assertLab(1, 0, 0, 0.627955, 0.224863, 0.125846);
        assertLab(0, 1, 0, 0.866440, -0.233888, 0.179498);
        assertLab(0, 0, 1, 0.452014, -0.032457, -0.311528);
    }

    @Test
    void thereAndBackIsTheSameColor() {
        Random random = new Random(1);
        double[] lab = new double[3];
        double[] rgb = new double[3];
        for (int i = 0; i < 100_000; i++) {
            double scale = i % 2 == 0 ? 1 : 0.05;
            double r = scale * random.nextDouble();
            double g = scale * random.nextDouble();
            double b = scale * random.nextDouble();
            Oklab.fromRgb(r, g, b, lab);
            Oklab.toRgb(lab[0], lab[1], lab[2], rgb);
            // the tables' 5e-7 each way, magnified by the matrices' inverse (rows sum to below 8) and, in the dark, by
            // the slope 12.92 of the transfer function; published coefficients have 10 digits
            assertThat(rgb[0]).isCloseTo(r, within(1e-5));
            assertThat(rgb[1]).isCloseTo(g, within(1e-5));
            assertThat(rgb[2]).isCloseTo(b, within(1e-5));
        }
    }

    @Test
    void transferFunctionIsSrgbs() {
        // a table of 8192 steps: second derivative / 8 / 8192^2, and the small kink where the two branches meet
        double tolerance = 5e-7;
        for (int i = 0; i <= 4321; i++) {
            double v = i / 4321.0;
            double linear = v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
            assertThat(Oklab.decode(v)).isCloseTo(linear, within(tolerance));
            assertThat(Oklab.encode(linear)).isCloseTo(v, within(tolerance));
            assertThat(Oklab.encode(-linear)).isCloseTo(-v, within(tolerance));
        }
    }

    @Test
    void everyColorHoweverFarIsBroughtIntoRange() {
        Random random = new Random(2);
        double[] rgb = new double[3];
        for (int i = 0; i < 100_000; i++) {
            Oklab.toRgb(4 * random.nextDouble() - 2, random.nextGaussian(), random.nextGaussian(), rgb);
            for (double v : rgb) {
                assertThat(v).isBetween(0.0, 1.0);
            }
        }
        double[] lab = new double[3];
        Oklab.fromRgb(Double.NaN, -3, 7, lab);
        assertThat(lab).doesNotContain(Double.NaN);
    }

    @Test
    void shadowsOutOfRangeKeepTheirHue() {
        double[] rgb = new double[3];
        Oklab.toRgb(0.1, -0.02, -0.3, rgb);
        assertThat(rgb[2]).isGreaterThan(rgb[0]);
        Oklab.toRgb(-0.1, -0.02, -0.3, rgb);
        assertThat(rgb).containsExactly(0, 0, 0);
    }

    private static void assertLab(double r, double g, double b, double lightness, double a, double bOfLab) {
        double[] lab = new double[3];
        Oklab.fromRgb(r, g, b, lab);
        assertThat(lab[0]).isCloseTo(lightness, within(2e-5));
        assertThat(lab[1]).isCloseTo(a, within(2e-5));
        assertThat(lab[2]).isCloseTo(bOfLab, within(2e-5));
    }
}
