package org.impasto.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Operation;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;

/**
 * One row of the operation table: an operation with its options, the operands it is tried on, and how exact it is to be.
 *
 * @param name what is special about the row
 */
public record OperationCase(String name, Operation operation, List<Operand> operands, Tolerance tolerance) {
    static OperationCase of(String name, Operation operation, Tolerance tolerance, Operand... operands) {
        return new OperationCase(name, operation, List.of(operands), tolerance);
    }

    /** This row with all operands of another type. */
    OperationCase as(ElementType type) {
        List<Operand> converted =
                operands.stream().map(operand -> operand.as(type)).toList();
        return new OperationCase(name + " " + type.name().toLowerCase(Locale.ROOT), operation, converted, tolerance);
    }

    /** The operands as tensors of a backend: the same values on every backend. */
    public List<Tensor> tensors(Backend backend) {
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            tensors.add(operands.get(i).tensor(backend, seed(i)));
        }
        return tensors;
    }

    private long seed(int operand) {
        return 1000L * name.hashCode() + operand;
    }

    /** Shapes and types of the operands. */
    public List<Spec> specs() {
        return operands.stream().map(Operand::spec).toList();
    }

    /** Whether a gradient flows from a result to an operand. */
    public boolean isDifferentiable() {
        return !operation.isTerminal()
                && operands.stream().noneMatch(operand -> operand.kind() == Operand.Kind.SPECIAL)
                && specs().stream()
                        .anyMatch(
                                spec -> spec.type().isFloating() && spec.shape().elements() > 0)
                && operation.outputs(specs()).stream()
                        .anyMatch(spec -> spec.type().isFloating());
    }

    /** Whether an operand or a result is of that type. */
    public boolean uses(ElementType type) {
        return specs().stream().anyMatch(spec -> spec.type() == type)
                || operation.outputs(specs()).stream().anyMatch(spec -> spec.type() == type);
    }

    @Override
    public String toString() {
        return operation.name() + ": " + name;
    }
}
