package org.impasto.testing;

import static org.impasto.testing.Operand.index;
import static org.impasto.testing.Operand.normal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.impasto.core.ElementType;
import org.impasto.core.Operation;
import org.impasto.core.Scan;
import org.impasto.core.Selection;

/** Rows of operations that find and move elements by their places, and of running sums. */
final class SelectionCases {
    private final List<OperationCase> cases = new ArrayList<>();

    private SelectionCases() {}

    static List<OperationCase> all() {
        SelectionCases made = new SelectionCases();
        made.places();
        made.layers();
        made.runningSums();
        return made.cases;
    }

    private void places() {
        long[][] shapes = {{1}, {17}, {2, 15, 3, 5}, {1, 16, 1, 33}, {2, 33, 4, 7}, {1, 100, 37, 61}, {0, 3, 2, 2}};
        for (long[] shape : shapes) {
            for (int axis = 0; axis < shape.length; axis++) {
                if (shape[axis] > 0) {
                    add(new Selection.ArgMaximum(axis), Tolerance.exact(), false, normal(shape));
                }
            }
        }
    }

    private void layers() {
        add(new Selection.IndexSelect(0), Tolerance.exact(), true, normal(3), index(1));
        add(new Selection.IndexSelect(0), Tolerance.exact(), true, normal(7, 5), index(6));
        add(new Selection.IndexSelect(0), Tolerance.exact(), true, normal(3, 17, 3, 5), index(2));
        add(new Selection.IndexSelect(1), Tolerance.exact(), true, normal(2, 17, 3, 5), index(33));
        add(new Selection.IndexSelect(2), Tolerance.exact(), true, normal(1, 16, 4, 5), index(7));
        add(new Selection.IndexSelect(3), Tolerance.exact(), true, normal(2, 3, 3, 5), index(17));
        add(new Selection.IndexSelect(1), Tolerance.exact(), true, normal(2, 3, 5), index(0));
        add(new Selection.IndexSelect(1), Tolerance.exact(), true, normal(0, 3), index(4));
        add(new Selection.IndexAdd(0, 3), Tolerance.ofSum(1), false, normal(1), index(1));
        add(new Selection.IndexAdd(0, 7), Tolerance.ofSum(6), false, normal(6, 5), index(6));
        add(new Selection.IndexAdd(1, 4), Tolerance.ofSum(33), false, normal(2, 33, 3, 5), index(33));
        add(new Selection.IndexAdd(3, 3), Tolerance.ofSum(17), false, normal(2, 16, 3, 17), index(17));
        add(new Selection.IndexAdd(0, 5), Tolerance.exact(), false, normal(0, 4), index(0));
    }

    private void runningSums() {
        long[][] shapes = {{1}, {17}, {2, 15, 3, 5}, {1, 16, 1, 33}, {3, 100}, {0, 3}, {3, 0}};
        for (long[] shape : shapes) {
            for (int axis = 0; axis < shape.length; axis++) {
                Tolerance tolerance = Tolerance.ofSum(shape[axis]);
                add(new Scan.CumulativeSum(axis, false), tolerance, false, normal(shape));
                add(new Scan.CumulativeSum(axis, true), tolerance, false, normal(shape));
            }
        }
    }

    private void add(Operation operation, Tolerance tolerance, boolean integers, Operand... operands) {
        StringBuilder name = new StringBuilder(operation.toString());
        for (Operand operand : operands) {
            name.append(", ").append(operand.spec().shape());
        }
        OperationCase row = OperationCase.of(name.toString().toLowerCase(Locale.ROOT), operation, tolerance, operands);
        cases.add(row);
        cases.add(row.as(ElementType.FLOAT64));
        if (integers) {
            cases.add(row.as(ElementType.INT64));
        }
    }
}
