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
        made.guidedFilters();
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

    private void guidedFilters() {
        for (Border border : Border.values()) {
            for (int guides : new int[] {1, 3}) {
                guidedFilter(2, border, guides, Shape.of(1, 3, 7, 9));
                guidedFilter(1, border, guides, Shape.of(2, 5, 4, 5)); // more channels than are filtered at once
            }
            guidedFilter(0, border, 3, Shape.of(1, 1, 1, 1));
            guidedFilter(1, border, 3, Shape.of(0, 3, 4, 5));
        }
        guidedFilter(30, Border.SYMMETRIC, 3, Shape.of(1, 3, 5, 9));
        guidedFilter(3, Border.TRUNCATED, 1, Shape.of(1, 1, 37, 8)); // more than one piece of rows
        guidedFilter(1, Border.TRUNCATED, 3, Shape.of(1, 1, 2, 523)); // more than one strip of columns
        guidedFilter(1, Border.TRUNCATED, 1, Shape.of(1, 0, 4, 5));
    }

    private void guidedFilter(int radius, Border border, int guides, Shape picture) {
        String name = border + " " + radius + " of " + picture + ", guide of " + guides;
        Filtering.GuidedFilter filter = new Filtering.GuidedFilter(radius, border, 0.1);
        Operand guide = normal(picture.with(1, guides).toArray());
        // In float32 the coefficients and the result are rounded; in float64 the sums are, and a small variance
        // magnifies
        // their rounding by 1 / regularization.
        Operand x = normal(picture.toArray());
        cases.add(OperationCase.of(name, filter, Tolerance.ofTensor(16), guide, x));
        double sums = 4 + 2 * (2.0 * radius + 1);
        cases.add(OperationCase.of(name, filter, Tolerance.ofTensor(10 * sums), guide, x)
                .as(ElementType.FLOAT64));
    }
}
