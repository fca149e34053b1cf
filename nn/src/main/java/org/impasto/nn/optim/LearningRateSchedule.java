package org.impasto.nn.optim;

/**
 * The learning rate as a function of the number of steps taken, and of nothing else: a resumed run goes on with the same
 * rates.
 */
@FunctionalInterface
public interface LearningRateSchedule {
    /**
     * The rate of a step.
     *
     * @param step number of steps taken before it, from 0 on
     */
    double rate(long step);

    /** The same rate at every step. */
    static LearningRateSchedule constant(double rate) {
        checkRate("rate", rate);
        return step -> rate;
    }

    /** A rate that is multiplied by a factor after every so many steps. */
    static LearningRateSchedule stepwise(double rate, long every, double factor) {
        checkRate("rate", rate);
        checkRate("factor", factor);
        checkLength("every", every);
        return step -> {
            long times = step / every;
            return rate * Math.pow(factor, (double) times);
        };
    }

    /** A rate that is halved after every so many steps. */
    static LearningRateSchedule halving(double rate, long every) {
        return stepwise(rate, every, 0.5);
    }

    /**
     * A rate that falls from one value to another as half a cosine (Loshchilov and Hutter, "SGDR", 2017), and stays there.
     *
     * @param steps after which the last value is reached
     */
    static LearningRateSchedule cosine(double rate, double last, long steps) {
        checkRate("rate", rate);
        checkRate("last", last);
        checkLength("steps", steps);
        return step -> {
            double done = Math.min(1, (double) step / steps);
            return last + (rate - last) * (1 + Math.cos(Math.PI * done)) / 2;
        };
    }

    /**
     * This schedule behind a linear rise: the first of {@code steps} steps has {@code 1 / steps} of this schedule's first
     * rate, the last all of it; then this schedule begins.
     *
     * @param steps 0 for none
     */
    default LearningRateSchedule afterWarmUp(long steps) {
        if (steps < 0) {
            throw new IllegalArgumentException("warm-up: steps is " + steps + ", expected 0 or more");
        }
        return step -> step < steps ? rate(0) * (step + 1) / steps : rate(step - steps);
    }

    private static void checkRate(String name, double rate) {
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("schedule: " + name + " is " + rate + ", expected 0 or more");
        }
    }

    private static void checkLength(String name, long steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("schedule: " + name + " is " + steps + ", expected 1 or more steps");
        }
    }
}
