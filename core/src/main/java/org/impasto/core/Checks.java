package org.impasto.core;

import java.util.List;
import java.util.function.Supplier;

/** The checks that shape rules have in common, with messages in one form. */
final class Checks {
    private Checks() {}

    static void operands(Operation operation, List<Spec> inputs, int count) {
        if (inputs.size() != count) {
            throw new ShapeException(
                    operation.name() + ": expected " + count + " operands, found " + inputs.size() + " " + inputs);
        }
    }

    static void rank(Operation operation, String operand, Spec spec, int rank, String axes) {
        if (spec.shape().rank() != rank) {
            throw new ShapeException(operation.name() + ": " + operand + " has shape " + spec.shape()
                    + ", expected rank " + rank + " (" + axes + ")");
        }
    }

    static void picture(Operation operation, String operand, Spec spec) {
        rank(operation, operand, spec, 4, "N, C, H, W");
        floating(operation, operand, spec);
    }

    static void floating(Operation operation, String operand, Spec spec) {
        if (spec.type() != ElementType.FLOAT32 && spec.type() != ElementType.FLOAT64) {
            throw new ShapeException(operation.name() + ": " + operand + " is " + spec.type()
                    + ", expected FLOAT32 or FLOAT64; convert it with to(type)");
        }
    }

    /** An option that says how large a picture is. */
    static void pictureShape(Operation operation, Shape shape) {
        that(shape.rank() == 4, operation, () -> "picture shape " + shape + " is not of rank 4 (N, C, H, W)");
    }

    /** A gradient of the expected shape. */
    static void gradient(Operation operation, Spec gradient, Shape expected) {
        floating(operation, "gradient", gradient);
        that(
                gradient.shape().equals(expected),
                operation,
                () -> "gradient has shape " + gradient.shape() + ", expected " + expected);
    }

    static void sameType(Operation operation, Spec left, Spec right) {
        if (left.type() != right.type()) {
            throw new ShapeException(operation.name() + ": operands are " + left + " and " + right
                    + ", expected one type; convert one with to(type)");
        }
    }

    /** @param message is made only where it is needed: a text of shapes takes longer than many an operation on small tensors */
    static void that(boolean holds, Operation operation, Supplier<String> message) {
        if (!holds) {
            that(false, operation, message.get());
        }
    }

    static void that(boolean holds, Operation operation, String message) {
        if (!holds) {
            throw new ShapeException(operation.name() + ": " + message);
        }
    }
}
