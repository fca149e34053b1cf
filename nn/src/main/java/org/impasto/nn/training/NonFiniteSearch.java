package org.impasto.nn.training;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.TapeObserver;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the first result that is not finite while a step is computed again. Tensors know no layer, so an operation
 * counts to the layer whose parameter was read last before it.
 */
final class NonFiniteSearch implements TapeObserver {
    private final Map<Integer, String> layers = new HashMap<>();
    private @Nullable String layer;
    private @Nullable String found;
    private @Nullable String layerFound;

    /** What gave the first result that is not finite; null if all were. */
    @Nullable
    String found() {
        return found;
    }

    /** The layer it belongs to; null before the first one. */
    @Nullable
    String layer() {
        return layerFound;
    }

    /** Looks at a parameter's value itself. */
    void look(Parameter parameter) {
        try (Scope scope = Scope.open()) {
            found("parameter '" + parameter.path() + "' was already", layerOf(parameter), List.of(parameter.value()));
        }
    }

    @Override
    public void read(Parameter parameter) {
        layer = layerOf(parameter);
    }

    @Override
    public void computed(int node, String operation, List<Tensor> results) {
        if (layer != null) {
            layers.put(node, layer);
        }
        found(operation + " in the forward pass gave", layer, results);
    }

    @Override
    public void differentiated(int node, String operation, List<Tensor> gradients) {
        found("the gradient of " + operation + " was", layers.get(node), gradients);
    }

    private void found(String what, @Nullable String where, List<Tensor> tensors) {
        if (found != null) {
            return;
        }
        for (Tensor tensor : tensors) {
            Double odd = tensor.type().isFloating() ? nonFinite(tensor) : null;
            if (odd != null) {
                found = what + " " + odd;
                layerFound = where;
                return;
            }
        }
    }

    private static @Nullable Double nonFinite(Tensor tensor) {
        for (double value : tensor.toDoubles()) {
            if (!Double.isFinite(value)) {
                return value;
            }
        }
        return null;
    }

    private static String layerOf(Parameter parameter) {
        int dot = parameter.path().lastIndexOf('.');
        return dot < 0 ? parameter.path() : parameter.path().substring(0, dot);
    }
}
