package org.impasto.nn.training;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis of a chart: its range, linear or logarithmic, and where its ticks stand.
 *
 * @param low first number
 * @param high last number, above the first
 * @param logarithmic whether equal ratios are equally long; then both are positive
 */
record ChartAxis(double low, double high, boolean logarithmic) {
    /** What has a hundredfold range is read better as ratios; below a factor of 20 it is not. */
    private static final double RATIO_OF_LOGARITHMS = 20;

    private static final int TICKS = 6;
    private static final MathContext DIGITS = new MathContext(4);

    /** An axis of numbers from 0 on. */
    static ChartAxis upTo(double high) {
        return new ChartAxis(0, Math.max(high, 1), false);
    }

    /** An axis for numbers of that range: logarithmic if that is sensible. */
    static ChartAxis of(double low, double high) {
        if (low > 0 && high / low > RATIO_OF_LOGARITHMS) {
            return new ChartAxis(low / 1.1, high * 1.1, true);
        }
        double room = high > low ? (high - low) * 0.05 : Math.max(Math.abs(high) * 0.1, 1e-9);
        return new ChartAxis(low - room, high + room, false);
    }

    /** Where a number stands: 0 at the beginning of the axis, 1 at its end; beyond them it is put there. */
    double place(double value) {
        double place = logarithmic
                ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
                : (value - low) / (high - low);
        return Math.max(0, Math.min(1, place));
    }

    /** Round numbers on the axis. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            boolean decadesAlone = high / low > 1e3;
            for (int exponent = (int) Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
                for (int digit : decadesAlone ? new int[] {1} : new int[] {1, 2, 5}) {
                    addInside(ticks, digit * Math.pow(10, exponent));
                }
            }
            return ticks;
        }
        double step = roundStep((high - low) / TICKS);
        for (double number = Math.ceil(low / step); number * step <= high; number++) {
            addInside(ticks, number * step);
        }
        return ticks;
    }

    private void addInside(List<Double> ticks, double value) {
        if (value >= low && value <= high) {
            ticks.add(value);
        }
    }

    /** The nearest of 1, 2 or 5 times a power of ten, as ratios go. */
    private static double roundStep(double wanted) {
        double power = Math.pow(10, Math.floor(Math.log10(wanted)));
        double rest = wanted / power;
        return power * (rest < Math.sqrt(2) ? 1 : rest < Math.sqrt(10) ? 2 : rest < Math.sqrt(50) ? 5 : 10);
    }

    /** A number as short as it can be told: 0.05, 12, 40k, 2e-06. */
    static String text(double value) {
        double size = Math.abs(value);
        if (size >= 1e3 && size < 1e9) {
            return size >= 1e6 ? shortest(value / 1e6) + "M" : shortest(value / 1e3) + "k";
        }
        if (size != 0 && (size < 1e-3 || size >= 1e9)) {
            return String.format(Locale.ROOT, "%.3g", value).replaceAll("\\.?0+e", "e");
        }
        return shortest(value);
    }

    private static String shortest(double value) {
        BigDecimal rounded = new BigDecimal(value).round(DIGITS);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
