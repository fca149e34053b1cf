package org.impasto.nn.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.impasto.core.Parameter;
import org.impasto.core.Tensor;

/** A vector that outlives scopes, in a cell for each part. */
final class HeldVector implements AutoCloseable {
    private final List<Parameter> cells = new ArrayList<>();

    /** Takes a count of each part; cells are named by a prefix and the part's name. */
    HeldVector(String prefix, List<String> names, TensorVector values) {
        for (int i = 0; i < names.size(); i++) {
            cells.add(new Parameter(prefix + names.get(i), values.parts().get(i)));
        }
    }

    /** The parts, for the caller's scope. */
    TensorVector value() {
        List<Tensor> parts = new ArrayList<>();
        cells.forEach(cell -> parts.add(cell.value()));
        return new TensorVector(parts);
    }

    void set(TensorVector values) {
        for (int i = 0; i < cells.size(); i++) {
            cells.get(i).set(values.parts().get(i));
        }
    }

    /** Adds the parts to a state under other names. */
    void into(Map<String, Tensor> state, String prefix, List<String> names) {
        for (int i = 0; i < cells.size(); i++) {
            state.put(prefix + names.get(i), cells.get(i).value());
        }
    }

    @Override
    public void close() {
        cells.forEach(Parameter::close);
    }
}
