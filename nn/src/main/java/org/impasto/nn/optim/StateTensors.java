package org.impasto.nn.optim;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;

/** A state that is to be restored, from which each tensor is asked for by name and spec; nothing may be left over. */
final class StateTensors {
    private static final int SHOWN = 4;

    private final String owner;
    private final Map<String, Tensor> tensors;
    private final Set<String> taken = new HashSet<>();

    StateTensors(String owner, Map<String, Tensor> tensors) {
        this.owner = owner;
        this.tensors = tensors;
    }

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    Tensor tensor(String name, Spec expected) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new WeightException(owner + ": the state has no tensor '" + name + "', expected " + expected
                    + "; is it the state of other parameters or of another kind?");
        }
        if (!tensor.spec().equals(expected)) {
            throw new WeightException(owner + ": tensor '" + name + "' of the state is " + tensor.spec() + ", expected "
                    + expected + "; is it the state of other parameters?");
        }
        taken.add(name);
        return tensor;
    }

    Tensor tensor(String name, Spec expected, Backend backend) {
        Tensor tensor = tensor(name, expected).plain();
        if (tensor.backend() != backend) {
            throw new BackendException(owner + ": tensor '" + name + "' of the state lives on "
                    + tensor.backend().describe() + ", what it belongs to on " + backend.describe()
                    + "; create both from one backend");
        }
        return tensor;
    }

    /** A count, 0 or more. */
    long count(String name) {
        long count = tensor(name, new Spec(Shape.scalar(), ElementType.INT64)).toLongs()[0];
        if (count < 0) {
            throw new WeightException(owner + ": '" + name + "' of the state is " + count + ", expected 0 or more");
        }
        return count;
    }

    /** A number. */
    double number(String name) {
        return tensor(name, new Spec(Shape.scalar(), ElementType.FLOAT64)).item();
    }

    void checkAllTaken() {
        Set<String> left = new TreeSet<>(tensors.keySet());
        left.removeAll(taken);
        if (!left.isEmpty()) {
            throw new WeightException(owner + ": the state holds tensors that there is no place for: "
                    + String.join(", ", left.stream().limit(SHOWN).toList())
                    + (left.size() > SHOWN ? " and " + (left.size() - SHOWN) + " more" : "")
                    + "; is it the state of other parameters or of another kind?");
        }
    }
}
