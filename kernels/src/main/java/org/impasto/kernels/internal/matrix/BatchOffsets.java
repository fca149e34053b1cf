package org.impasto.kernels.internal.matrix;

/** Where the matrices of batches begin, with NumPy's broadcasting of the batch axes. */
public final class BatchOffsets {
    private BatchOffsets() {}

    /**
     * Offsets of an operand's matrices for every element of the result's batch.
     *
     * @param batch batch axes of the result
     * @param operand batch axes of the operand: at most as many, each equal to the result's or 1
     * @param matrixSize numbers in one matrix of the operand
     */
    public static int[] of(int[] batch, int[] operand, int matrixSize) {
        int count = 1;
        for (int size : batch) {
            count *= size;
        }
        int[] steps = new int[batch.length];
        int step = matrixSize;
        for (int axis = batch.length - 1; axis >= 0; axis--) {
            int own = axis - (batch.length - operand.length);
            int size = own < 0 ? 1 : operand[own];
            if (size != 1 && size != batch[axis]) {
                throw new IllegalArgumentException(
                        "batch axis " + axis + " has size " + size + ", expected " + batch[axis] + " or 1");
            }
            steps[axis] = size == 1 ? 0 : step;
            step *= size;
        }
        int[] offsets = new int[count];
        for (int i = 0; i < count; i++) {
            int left = i;
            for (int axis = batch.length - 1; axis >= 0; axis--) {
                offsets[i] += left % batch[axis] * steps[axis];
                left /= batch[axis];
            }
        }
        return offsets;
    }
}
