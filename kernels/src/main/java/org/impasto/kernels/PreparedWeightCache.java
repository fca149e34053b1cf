package org.impasto.kernels;

import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.impasto.kernels.internal.convolution.ConvolutionPlan;
import org.impasto.kernels.internal.convolution.PreparedWeights;
import org.impasto.kernels.internal.convolution.PreparedWeights.Order;
import org.jspecify.annotations.Nullable;

/**
 * The forms in which convolutions read a weight. They live as long as its storage; the bytes of those that are larger than
 * the weight count against a budget, and return to it when the storage is given back or collected.
 */
final class PreparedWeightCache {
    private static final Cleaner CLEANER = Cleaner.create();

    private record Form(PreparedWeights weights, Order order) {}

    /** What is to be returned to a budget; knows the cache not, so that the cache can be collected. */
    private record Reservation(ConvolutionSettings settings, AtomicLong bytes) implements Runnable {
        @Override
        public void run() {
            settings.giveBack(bytes.getAndSet(0));
        }
    }

    private static final int ASKED_ONCE_A_STEP = 2; // a trained weight: in the step, and where it is computed again

    private final List<Form> forms = new ArrayList<>();
    private final int[] asked = new int[Order.values().length];
    private @Nullable Reservation reservation;

    synchronized @Nullable PreparedWeights find(ConvolutionPlan plan, Order order) {
        for (Form form : forms) {
            if (form.order() == order && form.weights().fits(plan)) {
                return form.weights();
            }
        }
        return null;
    }

    /**
     * Counts a convolution of a training run; whether the weight seems to be a frozen one, whose forms are worth keeping: one
     * that is trained has another storage after each step.
     */
    synchronized boolean isAskedAgain(Order order) {
        int before = asked[order.ordinal()];
        asked[order.ordinal()] = Math.min(before + 1, ASKED_ONCE_A_STEP);
        return before >= ASKED_ONCE_A_STEP;
    }

    /**
     * Keeps a form; if another thread was faster, its form is used instead.
     *
     * @param reserved bytes that were taken from the budget for it
     */
    synchronized PreparedWeights keep(
            PreparedWeights weights, Order order, ConvolutionPlan plan, ConvolutionSettings settings, long reserved) {
        PreparedWeights faster = find(plan, order);
        if (faster != null) {
            settings.giveBack(reserved);
            return faster;
        }
        forms.add(new Form(weights, order));
        if (reservation == null) {
            reservation = new Reservation(settings, new AtomicLong());
            CLEANER.register(this, reservation);
        }
        reservation.bytes.addAndGet(reserved);
        return weights;
    }

    synchronized void close() {
        forms.clear();
        if (reservation != null) {
            reservation.run();
        }
    }
}
