package org.impasto.nn.optim;

/** Checks of options. */
final class Options {
    private Options() {}

    /** 0 or more, and finite. */
    static double notNegative(String name, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + " is " + value + ", expected 0 or more");
        }
        return value;
    }

    /** Above 0, and finite. */
    static double positive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + " is " + value + ", expected above 0");
        }
        return value;
    }

    /** From 0 to below 1: what a running mean keeps of its past. */
    static double decay(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " is " + value + ", expected from 0 to below 1");
        }
        return value;
    }
}
