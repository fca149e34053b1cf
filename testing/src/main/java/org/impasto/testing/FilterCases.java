package org.impasto.testing;

import static org.impasto.testing.Operand.normal;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Filtering;
import org.impasto.core.Filtering.Border;
import org.impasto.core.Shape;

/** Rows of filters. */
final class FilterCases {
    private final List<OperationCase> cases = new ArrayList<>();

    private FilterCases() {}

    static List<OperationCase> all() {
        FilterCases made = new FilterCases();
        made.boxMeans();
        return made.cases;
    }

    private void boxMeans() {
        for (Border border : Border.values()) {
            boxMean(0, border, Shape.of(1, 3, 4, 5));
            boxMean(1, border, Shape.of(2, 17, 7, 9));
            boxMean(4, border, Shape.of(1, 3, 5, 6));
            boxMean(3, border, Shape.of(1, 1, 40, 8)); // more than one piece of rows
            boxMean(2, border, Shape.of(1, 1, 3, 1031)); // more than one strip of columns
            boxMean(1, border, Shape.of(0, 3, 4, 5));
            boxMean(0, border, Shape.of(2, 1, 1, 1));
        }
        boxMean(30, Border.TRUNCATED, Shape.of(1, 2, 5, 9));
        boxMean(30, Border.SYMMETRIC, Shape.of(1, 2, 5, 9));
        boxMean(9, Border.REPLICATE, Shape.of(1, 1, 1, 1));
        boxMean(9, Border.SYMMETRIC, Shape.of(1, 1, 1, 1));
        boxMean(2, Border.TRUNCATED, Shape.of(1, 3, 0, 5));
    }

    private void boxMean(int radius, Border border, Shape picture) {
        // Sums are float64 inside, so a float32 result is rounded once.
        String name = border + " " + radius + " of " + picture;
        Filtering.BoxMean mean = new Filtering.BoxMean(radius, border);
        cases.add(OperationCase.of(name, mean, Tolerance.ofTensor(1), normal(picture.toArray())));
        cases.add(OperationCase.of(name, mean, Tolerance.ofTensor(4.0 * radius + 4), normal(picture.toArray()))
                .as(ElementType.FLOAT64));
    }
}
