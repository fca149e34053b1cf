package org.impasto.testing;

import static org.impasto.testing.Operand.nonzero;
import static org.impasto.testing.Operand.normal;
import static org.impasto.testing.Operand.positive;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.impasto.core.Conversion;
import org.impasto.core.ElementType;
import org.impasto.core.Elementwise;
import org.impasto.core.Generation;
import org.impasto.core.Operation;
import org.impasto.core.Reduction;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.View;

/** Rows of elementwise operations, reductions, views and generators, in each type that they are computed in. */
final class ElementCases {
    /** Channel numbers and widths around 16 lanes, one element, a batch, and nothing at all. */
    private static final long[][] SHAPES = {
        {}, {1}, {17}, {2, 15, 3, 5}, {1, 16, 1, 33}, {2, 33, 4, 1}, {0, 3, 2, 2}, {8}, {31}, {1031}
    };

    private final List<OperationCase> cases = new ArrayList<>();

    private ElementCases() {}

    static List<OperationCase> all() {
        ElementCases made = new ElementCases();
        made.functions();
        made.binaries();
        made.conversions();
        made.reductions();
        made.views();
        return made.cases;
    }

    private void add(OperationCase row) {
        cases.add(row);
    }

    private void addInBothTypes(OperationCase row) {
        cases.add(row);
        cases.add(row.as(ElementType.FLOAT64));
    }

    private void functions() {
        for (Elementwise.UnaryFunction function : Elementwise.UnaryFunction.values()) {
            for (long[] shape : SHAPES) {
                Operand operand = switch (function) {
                    case LOGARITHM, LOGARITHM_OF_ONE_PLUS, RECIPROCAL_SQUARE_ROOT, SQUARE_ROOT -> positive(shape);
                    case RECIPROCAL, ABSOLUTE, RELU, SIGN -> nonzero(shape);
                    default -> normal(shape);
                };
                Tolerance tolerance = switch (function) {
                    case ABSOLUTE, NEGATE, RELU, SIGN -> Tolerance.exact();
                    case RECIPROCAL, SQUARE, SQUARE_ROOT -> Tolerance.ofElement(1);
                    case COSINE, LOGARITHM_OF_ONE_PLUS, RECIPROCAL_SQUARE_ROOT, SINE -> Tolerance.ofElement(2);
                    case EXPONENTIAL, SIGMOID, SILU, SOFTPLUS -> Tolerance.ofElement(8);
                    case LOGARITHM -> Tolerance.ofTensor(8);
                    case ERROR_FUNCTION, TANH -> Tolerance.ofElement(16);
                    // The reference takes 1 - erf, which loses digits in float64.
                    case GELU -> Tolerance.ofTensor(8);
                };
                addInBothTypes(row(new Elementwise.Unary(function), tolerance, operand));
            }
        }
        for (long[] shape : SHAPES) {
            addInBothTypes(row(new Elementwise.LeakyRelu(0.2), Tolerance.ofElement(1), nonzero(shape)));
            addInBothTypes(row(new Elementwise.Elu(0.7), Tolerance.ofElement(4), nonzero(shape)));
            addInBothTypes(
                    row(new Elementwise.LeakyReluGradient(0.2), Tolerance.ofElement(1), nonzero(shape), normal(shape)));
            addInBothTypes(row(new Elementwise.LeakyReluGradient(0), Tolerance.exact(), nonzero(shape), normal(shape)));
            addInBothTypes(row(new Elementwise.Clamp(-0.5, 0.75), Tolerance.exact(), normal(shape)));
            addInBothTypes(row(new Elementwise.Clamp(0.5, 0.75), Tolerance.exact(), normal(shape)));
            addInBothTypes(row(new Elementwise.Affine(1.25, -0.5), Tolerance.ofTensor(4), normal(shape)));
            addInBothTypes(row(new Elementwise.Power(2.5), Tolerance.ofElement(32), positive(shape)));
            addInBothTypes(row(new Elementwise.Power(-1), Tolerance.ofElement(32), positive(shape)));
            addInBothTypes(row(new Elementwise.Power(3), Tolerance.ofElement(32), nonzero(shape)));
            addInBothTypes(row(new Elementwise.Power(0), Tolerance.exact(), normal(shape)));
        }
    }

    private void binaries() {
        long[][][] pairs = {
            {{}, {}},
            {{17}, {17}},
            {{2, 15, 3, 5}, {2, 15, 3, 5}},
            {{2, 33, 3, 5}, {1, 33, 1, 1}},
            {{1, 16, 1, 1}, {2, 16, 2, 7}},
            {{2, 17, 1, 5}, {1, 17, 3, 1}},
            {{3, 1, 4}, {2, 4}},
            {{2, 3, 2, 2}, {}},
            {{}, {5, 16}},
            {{0, 3}, {1, 3}}
        };
        for (Elementwise.BinaryFunction function : Elementwise.BinaryFunction.values()) {
            for (long[][] pair : pairs) {
                Tolerance tolerance = switch (function) {
                    case MAXIMUM, MINIMUM, GREATER -> Tolerance.exact();
                    case ADD, SUBTRACT, MULTIPLY, DIVIDE -> Tolerance.ofElement(1);
                };
                OperationCase row = row(new Elementwise.Binary(function), tolerance, normal(pair[0]), nonzero(pair[1]));
                addInBothTypes(row);
                if (function != Elementwise.BinaryFunction.DIVIDE) {
                    add(row.as(ElementType.INT64));
                }
            }
        }
    }

    private void conversions() {
        ElementType[] types = {ElementType.FLOAT32, ElementType.FLOAT64, ElementType.INT64};
        for (ElementType from : types) {
            for (ElementType to : types) {
                Tolerance tolerance = to == ElementType.FLOAT32 ? Tolerance.ofElement(1) : Tolerance.exact();
                add(row(new Conversion.Cast(to), tolerance, normal(2, 17, 3, 5)).as(from));
            }
        }
    }

    private void reductions() {
        record Axes(List<Integer> axes, long... shape) {}
        List<Axes> all = List.of(
                new Axes(List.of(0), 1),
                new Axes(List.of(0), 1000),
                new Axes(List.of(), 3, 5),
                new Axes(List.of(1), 2, 17, 3, 5),
                new Axes(List.of(0, 2, 3), 2, 17, 3, 5),
                new Axes(List.of(2, 3), 2, 33, 7, 9),
                new Axes(List.of(3), 1, 16, 2, 33),
                new Axes(List.of(0, 1, 2, 3), 2, 15, 3, 5),
                new Axes(List.of(1), 0, 4));
        for (Axes row : all) {
            long terms = 1;
            for (int axis : row.axes()) {
                terms *= row.shape()[axis];
            }
            addInBothTypes(
                    row(new Reduction.Sum(row.axes()), Tolerance.ofTensor(4.0 + (double) terms), normal(row.shape())));
            addInBothTypes(row(new Reduction.Maximum(row.axes()), Tolerance.exact(), normal(row.shape())));
            addInBothTypes(row(new Reduction.Minimum(row.axes()), Tolerance.exact(), normal(row.shape())));
        }
        addInBothTypes(row(new Reduction.Sum(List.of(0)), Tolerance.exact(), normal(0, 4)));
    }

    private void views() {
        addInEveryType(new View.Reshape(Shape.of(5, 34)), normal(2, 17, 5));
        addInEveryType(new View.Reshape(Shape.of(2, 10, 3, 7)), normal(2, 15, 2, 7));
        addInEveryType(new View.Reshape(Shape.of(1, 16, 15)), normal(1, 16, 3, 5));
        addInEveryType(new View.Reshape(Shape.scalar()), normal(1, 1, 1, 1));
        addInEveryType(new View.Reshape(Shape.of(0, 7)), normal(3, 0));
        addInEveryType(new View.Permute(List.of()), normal());
        addInEveryType(new View.Permute(List.of(0, 2, 3, 1)), normal(2, 17, 3, 5));
        addInEveryType(new View.Permute(List.of(3, 1, 0, 2)), normal(2, 17, 3, 5));
        addInEveryType(new View.Permute(List.of(1, 0)), normal(33, 16));
        addInEveryType(new View.Permute(List.of(0, 1, 2, 3)), normal(1, 3, 4, 5));
        addInEveryType(new View.Permute(List.of(2, 0, 1)), normal(2, 0, 3));
        addInEveryType(new View.Slice(1, 3, 13), normal(2, 33, 3, 5));
        addInEveryType(new View.Slice(1, 16, 16), normal(2, 33, 3, 5));
        addInEveryType(new View.Slice(3, 4, 1), normal(2, 17, 3, 5));
        addInEveryType(new View.Slice(0, 1, 1), normal(2, 17, 3, 5));
        addInEveryType(new View.Slice(2, 0, 0), normal(2, 17, 3, 5));
        addInEveryType(new View.Slice(0, 0, 17), normal(17));
        addInEveryType(new View.Concat(1), normal(2, 3, 3, 5), normal(2, 14, 3, 5), normal(2, 16, 3, 5));
        addInEveryType(new View.Concat(1), normal(1, 16, 3, 5), normal(1, 17, 3, 5));
        addInEveryType(new View.Concat(0), normal(2, 17, 3), normal(1, 17, 3));
        addInEveryType(new View.Concat(3), normal(1, 17, 3, 5), normal(1, 17, 3, 0), normal(1, 17, 3, 2));
        addInEveryType(new View.Concat(0), normal(5));
        Spec[] specs = {
            Spec.float32(2, 17, 3, 5),
            new Spec(Shape.of(33), ElementType.FLOAT64),
            new Spec(Shape.of(3, 5), ElementType.INT64)
        };
        for (Spec spec : specs) {
            add(row(new Generation.Fill(spec, 3), Tolerance.exact()));
            if (spec.type().isFloating()) {
                add(row(new Generation.Fill(spec, 0.1), Tolerance.ofElement(1)));
                add(row(new Generation.Noise(spec, 7, 3), Tolerance.ofElement(1)));
            }
        }
        add(row(new Generation.Noise(Spec.float32(1), -1, 1L << 40), Tolerance.ofElement(1)));
        add(row(new Generation.Fill(Spec.float32(), 0), Tolerance.exact()));
        add(row(new Generation.Fill(Spec.float32(0, 2), 0), Tolerance.exact()));
    }

    private void addInEveryType(Operation operation, Operand... operands) {
        OperationCase row = row(operation, Tolerance.exact(), operands);
        addInBothTypes(row);
        add(row.as(ElementType.INT64));
    }

    private static OperationCase row(Operation operation, Tolerance tolerance, Operand... operands) {
        StringBuilder name = new StringBuilder(operation.toString());
        for (Operand operand : operands) {
            name.append(", ").append(operand.spec().shape());
        }
        return OperationCase.of(name.toString().toLowerCase(Locale.ROOT), operation, tolerance, operands);
    }
}
