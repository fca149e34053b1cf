package org.impasto.kernels.internal.normalization;

/**
 * Lines of numbers in a row-major array [outer][length][inner]: one for each outer and each inner index.
 *
 * @param length numbers of a line
 * @param inner distance between them
 */
public record Lines(int outer, int length, int inner) {
    /** Number of lines. */
    int count() {
        return Math.multiplyExact(outer, inner);
    }

    /** Where a line begins. */
    int start(int line) {
        return line / inner * length * inner + line % inner;
    }
}
