package org.impasto.flow;

import java.util.Locale;
import java.util.function.UnaryOperator;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;

/**
 * What became of a picture that was sent through a flow and back.
 *
 * @param largestError the largest absolute difference to the picture; NaN if a number of what came back is not finite
 * @param values how many numbers the picture has
 * @param changedLevels how many of them have another one of the 256 levels of an 8-bit file
 */
public record Certificate(double largestError, long values, long changedLevels) {
    /** Whether an 8-bit file made of what came back equals one made of the picture, byte by byte. */
    public boolean levelsSurvive() {
        return changedLevels == 0;
    }

    /**
     * Sends a picture forth and back through anything.
     *
     * @param picture of numbers in [0, 1]
     * @param thereAndBack what should return the picture
     */
    public static Certificate of(Tensor picture, UnaryOperator<Tensor> thereAndBack) {
        double[] expected;
        double[] found;
        try (Scope scope = Scope.open()) {
            Tensor restored = thereAndBack.apply(picture.plain());
            if (!restored.shape().equals(picture.shape())) {
                throw new ShapeException(
                        "verify: the picture has shape " + picture.shape() + ", what came back " + restored.shape());
            }
            expected = picture.toDoubles();
            found = restored.toDoubles();
        }
        double largest = 0;
        long changed = 0;
        for (int i = 0; i < expected.length; i++) {
            double error = Double.isFinite(found[i]) ? Math.abs(expected[i] - found[i]) : Double.NaN;
            largest = Math.max(largest, error); // NaN stays
            if (Double.isNaN(error) || level(expected[i]) != level(found[i])) {
                changed++;
            }
        }
        return new Certificate(largest, expected.length, changed);
    }

    private static long level(double value) {
        return Math.round(Math.min(Math.max(value, 0), 1) * 255);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "largest error %.3g, %d of %d 8-bit levels changed", largestError, changedLevels, values);
    }
}
