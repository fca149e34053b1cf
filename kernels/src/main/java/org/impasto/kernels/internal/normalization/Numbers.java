package org.impasto.kernels.internal.normalization;

/** An array of float32 or float64 numbers, read and written as float64. */
public interface Numbers {
    /** The number at a place. */
    double get(int index);

    /** Rounds a number to the type of the array and stores it. */
    void set(int index, double value);

    /** The numbers of a float32 array. */
    static Numbers of(float[] values) {
        return new Numbers() {
            @Override
            public double get(int index) {
                return values[index];
            }

            @Override
            public void set(int index, double value) {
                values[index] = (float) value;
            }
        };
    }

    /** The numbers of a float64 array. */
    static Numbers of(double[] values) {
        return new Numbers() {
            @Override
            public double get(int index) {
                return values[index];
            }

            @Override
            public void set(int index, double value) {
                values[index] = value;
            }
        };
    }
}
