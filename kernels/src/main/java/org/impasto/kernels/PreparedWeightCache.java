package org.impasto.kernels;

import java.util.ArrayList;
import java.util.List;
import org.impasto.kernels.internal.convolution.ConvolutionPlan;
import org.impasto.kernels.internal.convolution.PreparedWeights;
import org.impasto.kernels.internal.convolution.PreparedWeights.Order;
import org.jspecify.annotations.Nullable;

/** The forms in which convolutions read a weight; they live as long as its storage and count against a budget. */
final class PreparedWeightCache {
    private record Form(PreparedWeights weights, Order order) {}

    private final List<Form> forms = new ArrayList<>();
    private @Nullable ConvolutionSettings settings;
    private long bytes;

    synchronized @Nullable PreparedWeights find(ConvolutionPlan plan, Order order) {
        for (Form form : forms) {
            if (form.order() == order && form.weights().fits(plan)) {
                return form.weights();
            }
        }
        return null;
    }

    /** Keeps a form whose bytes were reserved; gives them back if another thread was faster. */
    synchronized PreparedWeights keep(
            PreparedWeights weights, Order order, ConvolutionPlan plan, ConvolutionSettings reservedFrom) {
        PreparedWeights faster = find(plan, order);
        if (faster != null) {
            reservedFrom.giveBack(Float.BYTES * weights.size());
            return faster;
        }
        forms.add(new Form(weights, order));
        settings = reservedFrom;
        bytes += Float.BYTES * weights.size();
        return weights;
    }

    synchronized void close() {
        forms.clear();
        if (settings != null) {
            settings.giveBack(bytes);
        }
        bytes = 0;
    }
}
