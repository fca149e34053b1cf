package org.impasto.nn.optim;

/**
 * A line search for a step that fulfils the strong Wolfe conditions, by bracketing and zooming with cubic interpolation
 * (Nocedal and Wright, "Numerical optimization", 2006, algorithms 3.5 and 3.6), with the safeguards of PyTorch. A value that
 * is not a number counts as too high.
 *
 * @param <G> the gradient at a trial
 */
final class StrongWolfe<G> {
    /** What share of the decrease that the first slope promises has to be reached. */
    private static final double DECREASE = 1e-4;

    /** What share of the first slope may be left. */
    private static final double CURVATURE = 0.9;

    private static final double LONGEST_GROWTH = 10;
    private static final double LEAST_GROWTH = 0.01;

    /** How near to an end of the bracket, as a share of it, a trial is not to come twice. */
    private static final double MARGIN = 0.1;

    private final Line<G> line;
    private final Trial<G> start;
    private final int most;
    private final double least;
    private int trials;

    /** The function along a direction. */
    interface Line<G> {
        Trial<G> at(double step);
    }

    /**
     * A step that was tried.
     *
     * @param slope of the function along the direction
     */
    record Trial<G>(double step, double value, double slope, G gradient) {}

    /**
     * A search.
     *
     * @param start at step 0, with a slope below 0
     * @param most trials after the first
     * @param least width of a bracket
     */
    StrongWolfe(Line<G> line, Trial<G> start, int most, double least) {
        this.line = line;
        this.start = start;
        this.most = most;
        this.least = least;
    }

    /** The best trial, which fulfils the conditions unless their number was used up or the bracket became too small. */
    Trial<G> search(double firstStep) {
        Trial<G> previous = start;
        Trial<G> trial = line.at(firstStep);
        while (trials < most) {
            if (isTooHigh(trial) || (trials > 1 && !(trial.value < previous.value))) {
                return zoom(previous, trial);
            }
            if (isFlat(trial)) {
                return trial;
            }
            if (trial.slope >= 0) {
                return zoom(previous, trial);
            }
            double step = trial.step;
            double next = cubic(previous, trial, step + LEAST_GROWTH * (step - previous.step), LONGEST_GROWTH * step);
            previous = trial;
            trial = line.at(next);
            trials++;
        }
        return lower(start, trial);
    }

    private Trial<G> zoom(Trial<G> from, Trial<G> to) {
        Trial<G> first = from;
        Trial<G> second = to;
        boolean wasNearEnd = false;
        while (trials < most && Math.abs(second.step - first.step) >= least) {
            double left = Math.min(first.step, second.step);
            double right = Math.max(first.step, second.step);
            double step = cubic(first, second, left, right);
            double margin = MARGIN * (right - left);
            if (Math.min(right - step, step - left) < margin) {
                if (wasNearEnd || step >= right || step <= left) {
                    step = Math.abs(step - right) < Math.abs(step - left) ? right - margin : left + margin;
                    wasNearEnd = false;
                } else {
                    wasNearEnd = true;
                }
            } else {
                wasNearEnd = false;
            }
            Trial<G> trial = line.at(step);
            trials++;
            // The ends keep their places, for the interpolation is not symmetric to the last bit.
            boolean firstIsLow = isFirstLower(first, second);
            Trial<G> low = firstIsLow ? first : second;
            Trial<G> high = firstIsLow ? second : first;
            if (isTooHigh(trial) || !(trial.value < low.value)) {
                high = trial;
            } else {
                if (isFlat(trial)) {
                    return trial;
                }
                if (trial.slope * (high.step - low.step) >= 0) {
                    high = low;
                }
                low = trial;
            }
            first = firstIsLow ? low : high;
            second = firstIsLow ? high : low;
        }
        return lower(first, second);
    }

    private boolean isTooHigh(Trial<G> trial) {
        return !(trial.value <= start.value + DECREASE * trial.step * start.slope);
    }

    private boolean isFlat(Trial<G> trial) {
        return Math.abs(trial.slope) <= -CURVATURE * start.slope;
    }

    /** The one with the smaller value, the first if they are equal. */
    private static <G> Trial<G> lower(Trial<G> first, Trial<G> second) {
        return isFirstLower(first, second) ? first : second;
    }

    private static <G> boolean isFirstLower(Trial<G> first, Trial<G> second) {
        return first.value <= second.value || Double.isNaN(second.value);
    }

    /** Where the cubic through two values and slopes is least, within bounds; their middle where it is nowhere. */
    static <G> double cubic(Trial<G> one, Trial<G> two, double low, double high) {
        double difference = one.value - two.value;
        double d1 = one.slope + two.slope - 3 * difference / (one.step - two.step);
        double square = d1 * d1 - one.slope * two.slope;
        double root = Math.sqrt(square);
        double step = one.step <= two.step
                ? two.step - (two.step - one.step) * ((two.slope + root - d1) / (two.slope - one.slope + 2 * root))
                : one.step - (one.step - two.step) * ((one.slope + root - d1) / (one.slope - two.slope + 2 * root));
        return Double.isNaN(step) ? (low + high) / 2 : Math.min(Math.max(step, low), high);
    }
}
