package org.impasto.nn.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.impasto.core.Tensor;

/** Several tensors as one long vector. */
record TensorVector(List<Tensor> parts) {
    /** Inner product. */
    double dot(TensorVector other) {
        double sum = 0;
        for (int i = 0; i < parts.size(); i++) {
            sum += parts.get(i).mul(other.parts.get(i)).sum().item();
        }
        return sum;
    }

    /** {@code this + scale * other}. */
    TensorVector plus(double scale, TensorVector other) {
        List<Tensor> sums = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            sums.add(parts.get(i).add(other.parts.get(i).affine(scale, 0)));
        }
        return new TensorVector(sums);
    }

    TensorVector minus(TensorVector other) {
        List<Tensor> differences = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            differences.add(parts.get(i).sub(other.parts.get(i)));
        }
        return new TensorVector(differences);
    }

    TensorVector times(double scale) {
        return map(part -> part.affine(scale, 0));
    }

    /** Sum of the magnitudes of all elements. */
    double sumOfMagnitudes() {
        return parts.stream().mapToDouble(part -> part.abs().sum().item()).sum();
    }

    /** The largest magnitude of an element. */
    double largestMagnitude() {
        return parts.stream().mapToDouble(part -> part.abs().max().item()).max().orElse(0);
    }

    private TensorVector map(UnaryOperator<Tensor> function) {
        return new TensorVector(parts.stream().map(function).toList());
    }
}
