package org.impasto.kernels;

import java.util.concurrent.atomic.AtomicLong;

/** A backend's choices for convolutions, and what is left of its budget for prepared weights. */
final class ConvolutionSettings {
    private final boolean exact;
    private final AtomicLong bytesLeft;

    ConvolutionSettings(boolean exact, long preparedWeightBytes) {
        this.exact = exact;
        this.bytesLeft = new AtomicLong(preparedWeightBytes);
    }

    boolean exact() {
        return exact;
    }

    /** Takes bytes of the budget; false, and nothing taken, if there are not so many left. */
    boolean reserve(long bytes) {
        long left;
        do {
            left = bytesLeft.get();
            if (left < bytes) {
                return false;
            }
        } while (!bytesLeft.compareAndSet(left, left - bytes));
        return true;
    }

    void giveBack(long bytes) {
        bytesLeft.addAndGet(bytes);
    }
}
