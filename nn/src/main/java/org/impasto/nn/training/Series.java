package org.impasto.nn.training;

import java.util.Arrays;

/**
 * A course of numbers in at most so many bins of neighbouring ones: when all are full, each two become one. The same
 * numbers give the same bins, however often a run was interrupted.
 */
final class Series {
    static final int CAPACITY = 1024;

    private final double[] firstStep = new double[CAPACITY];
    private final double[] lastStep = new double[CAPACITY];
    private final double[] sum = new double[CAPACITY];
    private final double[] least = new double[CAPACITY];
    private final double[] largest = new double[CAPACITY];
    private final long[] count = new long[CAPACITY];
    private long perBin = 1;
    private int bins;

    /** Adds a number; one that is not finite has no place on a chart. */
    void add(long step, double value) {
        if (!Double.isFinite(value)) {
            return;
        }
        if (bins > 0 && count[bins - 1] < perBin) {
            int last = bins - 1;
            lastStep[last] = step;
            sum[last] += value;
            least[last] = Math.min(least[last], value);
            largest[last] = Math.max(largest[last], value);
            count[last]++;
            return;
        }
        if (bins == CAPACITY) {
            halve();
        }
        firstStep[bins] = step;
        lastStep[bins] = step;
        sum[bins] = value;
        least[bins] = value;
        largest[bins] = value;
        count[bins] = 1;
        bins++;
    }

    private void halve() {
        bins = CAPACITY / 2;
        perBin *= 2;
        for (int bin = 0; bin < bins; bin++) {
            int one = 2 * bin;
            int two = one + 1;
            firstStep[bin] = firstStep[one];
            lastStep[bin] = lastStep[two];
            sum[bin] = sum[one] + sum[two];
            least[bin] = Math.min(least[one], least[two]);
            largest[bin] = Math.max(largest[one], largest[two]);
            count[bin] = count[one] + count[two];
        }
    }

    /** Number of bins. */
    int size() {
        return bins;
    }

    /** The last step that a number was added for. */
    double lastStep() {
        return lastStep[bins - 1];
    }

    /** Middle of each bin, in steps. */
    double[] steps() {
        double[] middles = new double[bins];
        Arrays.setAll(middles, bin -> (firstStep[bin] + lastStep[bin]) / 2);
        return middles;
    }

    /** Least number of each bin. */
    double[] lows() {
        return Arrays.copyOf(least, bins);
    }

    /** Largest number of each bin. */
    double[] highs() {
        return Arrays.copyOf(largest, bins);
    }

    /** Means over a window of bins around each one, a fortieth of all. */
    double[] smoothed() {
        int reach = bins / 80;
        double[] means = new double[bins];
        for (int bin = 0; bin < bins; bin++) {
            // Even on both sides at the beginning, where the slope is steep; at the end it looks back only.
            int left = Math.min(reach, bin);
            int right = Math.min(left, bins - 1 - bin);
            double total = 0;
            long numbers = 0;
            for (int near = bin - left; near <= bin + right; near++) {
                total += sum[near];
                numbers += count[near];
            }
            means[bin] = total / numbers;
        }
        return means;
    }
}
