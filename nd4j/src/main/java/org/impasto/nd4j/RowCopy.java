package org.impasto.nd4j;

/** Copies evenly spaced elements between the cells of an array's buffer and row-major values. */
@FunctionalInterface
interface RowCopy {
    /**
     * Copies a row.
     *
     * @param cell index of the first cell, counted from the start of the window
     * @param cellStep cells from one element to the next
     * @param value index of the first value
     * @param valueStep values from one element to the next
     * @param count number of elements
     */
    void copy(int cell, int cellStep, int value, int valueStep, int count);
}
