package org.impasto.kernels.internal.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorFunctionTest {
    /** Values to 17 digits, worked out with 40 digits. */
    @ParameterizedTest
    @CsvSource({
        "1e-300, 1.1283791670955126e-300, 5.0000000000000001e-301",
        "1e-8, 1.1283791670955126e-8, 5.0000000398942281e-9",
        "0.1, 0.1124629160182849, 0.053982783727702901",
        "0.49, 0.51166826118852309, 0.33708719478547862",
        "0.5, 0.52049987781304654, 0.34573123063700655",
        "0.51, 0.52924361984117044, 0.3544368772422651",
        "0.9, 0.79690821242283214, 0.73434588718791648",
        "1, 0.84270079294971487, 0.84134474606854295",
        "1.5, 0.96610514647531073, 1.3997891980967129",
        "2, 0.99532226501895273, 1.9544997361036416",
        "3, 0.99997790950300141, 2.9959503059051097",
        "4.5, 0.99999999980338396, 4.4999847104709387",
        "5.9, 0.99999999999999993, 5.899999989276704",
        "-0.3, -0.32862675945912742, -0.11462657334331421",
        "-1, -0.84270079294971487, -0.15865525393145705",
        "-2.5, -0.99959304798255504, -0.015524163314440338",
        "-6, -0.99999999999999998, -5.9195258702261888e-9",
        "-20, -1.0, -5.5072482372124674e-88",
        "-37, -1.0, -2.1184613523340934e-298"
    })
    void isExact(double x, double erf, double gelu) {
        assertThat(ErrorFunction.erf(x)).isEqualTo(erf, Offset.offset(4 * Math.ulp(erf)));
        assertThat(ErrorFunction.erf(-x)).isEqualTo(-erf, Offset.offset(4 * Math.ulp(erf)));
        // The exponent x^2 / 2 is rounded once, which the exponential multiplies by its size.
        assertThat(ErrorFunction.gelu(x)).isEqualTo(gelu, Offset.offset((6 + x * x) * Math.ulp(gelu)));
    }
}
