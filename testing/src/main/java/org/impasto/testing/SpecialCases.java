package org.impasto.testing;

import static org.impasto.testing.Operand.index;
import static org.impasto.testing.Operand.special;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.impasto.core.ElementType;
import org.impasto.core.Elementwise;
import org.impasto.core.Operation;
import org.impasto.core.Reduction;
import org.impasto.core.Selection;
import org.impasto.core.View;

/** Rows with NaN, infinities, zeros of both signs, denormal and extreme numbers. */
final class SpecialCases {
    private static final long[] LONG = {409};
    private static final long[] MAPS = {2, 17, 5, 7};

    private final List<OperationCase> cases = new ArrayList<>();

    private SpecialCases() {}

    static List<OperationCase> all() {
        SpecialCases made = new SpecialCases();
        made.functions();
        made.others();
        return made.cases;
    }

    private void functions() {
        for (Elementwise.UnaryFunction function : Elementwise.UnaryFunction.values()) {
            add(new Elementwise.Unary(function), Tolerance.ofElement(16), special(LONG));
        }
        add(new Elementwise.LeakyRelu(0.2), Tolerance.ofElement(1), special(LONG));
        add(new Elementwise.Elu(0.7), Tolerance.ofElement(4), special(LONG));
        add(new Elementwise.LeakyReluGradient(0.2), Tolerance.ofElement(1), special(LONG), special(LONG));
        add(new Elementwise.LeakyReluGradient(0), Tolerance.exact(), special(LONG), special(LONG));
        add(new Elementwise.Clamp(-0.5, 0.75), Tolerance.exact(), special(LONG));
        add(new Elementwise.Affine(2, 0), Tolerance.ofElement(1), special(LONG));
        add(new Elementwise.Affine(1, -0.5), Tolerance.ofElement(1), special(LONG));
        for (double exponent : new double[] {-1, 0, 0.5, 2, 3}) {
            add(new Elementwise.Power(exponent), Tolerance.ofElement(4), special(LONG));
        }
        for (Elementwise.BinaryFunction function : Elementwise.BinaryFunction.values()) {
            add(new Elementwise.Binary(function), Tolerance.ofElement(1), special(LONG), special(LONG));
            add(new Elementwise.Binary(function), Tolerance.ofElement(1), special(MAPS), special(1, 17, 1, 1));
        }
    }

    private void others() {
        for (int axis = 0; axis < MAPS.length; axis++) {
            add(new Reduction.Maximum(List.of(axis)), Tolerance.exact(), special(MAPS));
            add(new Reduction.Minimum(List.of(axis)), Tolerance.exact(), special(MAPS));
            add(new Selection.ArgMaximum(axis), Tolerance.exact(), special(MAPS));
        }
        add(new Selection.IndexSelect(1), Tolerance.exact(), special(MAPS), index(5));
        add(new View.Permute(List.of(0, 2, 3, 1)), Tolerance.exact(), special(MAPS));
        add(new View.Slice(1, 3, 13), Tolerance.exact(), special(MAPS));
        add(new View.Concat(1), Tolerance.exact(), special(MAPS), special(MAPS));
    }

    private void add(Operation operation, Tolerance tolerance, Operand... operands) {
        StringBuilder name = new StringBuilder("special " + operation);
        for (Operand operand : operands) {
            name.append(", ").append(operand.spec().shape());
        }
        OperationCase row = OperationCase.of(name.toString().toLowerCase(Locale.ROOT), operation, tolerance, operands);
        cases.add(row);
        cases.add(row.as(ElementType.FLOAT64));
    }
}
