package org.impasto.kernels.internal.statistics;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * Sums, means and extremes over any axes of a contiguous array. Long reductions are cut into parts whose sizes depend on
 * the shape alone; parts are joined in order, in float64.
 */
public final class Reductions {
    /** What a reduction makes of its terms. */
    public enum Kind {
        /** The sum; 0 without terms. */
        SUM,
        /** The sum divided by the number of terms; not a number without terms. */
        MEAN,
        /** The largest; not a number if any term is not. Negative infinity without terms. */
        MAXIMUM,
        /** The smallest; not a number if any term is not. Infinity without terms. */
        MINIMUM
    }

    private static final int PART = 1 << 14; // numbers of a part
    private static final int PIECE = 1 << 15; // numbers of a piece of work, at least
    private static final int COLUMNS = 1024; // results that are computed side by side

    private final FloatRuns runs;

    /** Reductions with vector or with plain inner loops. */
    public Reductions(boolean vector) {
        runs = vector ? new VectorFloatRuns() : new PlainFloatRuns();
    }

    /**
     * Reduces a float32 array.
     *
     * @param shape sizes of its axes
     * @param reduces which axes are reduced
     * @param y receives the results in the order of the axes that are kept
     */
    public void reduce(
            Kind kind,
            float[] x,
            int xOffset,
            int[] shape,
            boolean[] reduces,
            float[] y,
            int yOffset,
            Workers workers,
            Run run) {
        Source source = new Source() {
            @Override
            public double row(int offset, int length) {
                return switch (kind) {
                    case SUM, MEAN -> runs.sum(length, x, xOffset + offset);
                    case MAXIMUM -> runs.maximum(length, x, xOffset + offset);
                    case MINIMUM -> runs.minimum(length, x, xOffset + offset);
                };
            }

            @Override
            public void columns(int offset, int length, double[] results) {
                int from = xOffset + offset;
                switch (kind) {
                    case SUM, MEAN -> {
                        for (int j = 0; j < length; j++) {
                            results[j] += x[from + j];
                        }
                    }
                    case MAXIMUM -> {
                        for (int j = 0; j < length; j++) {
                            results[j] = Math.max(results[j], x[from + j]);
                        }
                    }
                    case MINIMUM -> {
                        for (int j = 0; j < length; j++) {
                            results[j] = Math.min(results[j], x[from + j]);
                        }
                    }
                    default -> throw new IllegalArgumentException("unknown reduction " + kind);
                }
            }
        };
        reduce(
                kind,
                source,
                ReductionPlan.of(shape, reduces),
                (i, value) -> y[yOffset + i] = (float) value,
                workers,
                run);
    }

    /** Reduces a float64 array; see the float32 form. */
    public void reduce(
            Kind kind,
            double[] x,
            int xOffset,
            int[] shape,
            boolean[] reduces,
            double[] y,
            int yOffset,
            Workers workers,
            Run run) {
        Source source = new Source() {
            @Override
            public double row(int offset, int length) {
                double[] four = new double[4]; // side by side, so that additions do not wait for one another
                Arrays.fill(four, nothing(kind));
                for (int i = 0; i < length; i++) {
                    four[i & 3] = join(kind, four[i & 3], x[xOffset + offset + i]);
                }
                return join(kind, join(kind, four[0], four[1]), join(kind, four[2], four[3]));
            }

            @Override
            public void columns(int offset, int length, double[] results) {
                for (int j = 0; j < length; j++) {
                    results[j] = join(kind, results[j], x[xOffset + offset + j]);
                }
            }
        };
        reduce(kind, source, ReductionPlan.of(shape, reduces), (i, value) -> y[yOffset + i] = value, workers, run);
    }

    private interface Source {
        /** Reduces contiguous numbers. */
        double row(int offset, int length);

        /** Joins contiguous numbers to one result each. */
        void columns(int offset, int length, double[] results);
    }

    @FunctionalInterface
    private interface Target {
        void set(int index, double value);
    }

    private static void reduce(Kind kind, Source source, ReductionPlan plan, Target target, Workers workers, Run run) {
        double divisor = kind == Kind.MEAN ? (double) plan.reduced * (plan.innerReduced ? plan.inner : 1) : 1;
        if (plan.innerReduced) {
            rows(kind, source, plan, divisor, target, workers, run);
        } else {
            columns(kind, source, plan, divisor, target, workers, run);
        }
    }

    private static void rows(
            Kind kind, Source source, ReductionPlan plan, double divisor, Target target, Workers workers, Run run) {
        int length = plan.inner;
        int partLength = Math.max(1, Math.min(length, PART));
        int partsOfRow = ceiling(length, partLength);
        int rowsOfPart = Math.max(1, PART / Math.max(1, length));
        int parts = partsOfRow * ceiling(plan.reduced, rowsOfPart);
        double[] partial = new double[Math.multiplyExact(plan.kept, parts)];
        int partSize = partLength * Math.min(rowsOfPart, plan.reduced);
        int partsOfPiece = Math.max(1, PIECE / Math.max(1, partSize));
        workers.run(ceiling(partial.length, partsOfPiece), run, (piece, worker) -> {
            int end = Math.min(partial.length, (piece + 1) * partsOfPiece);
            for (int i = piece * partsOfPiece; i < end; i++) {
                int part = i % parts;
                int from = part % partsOfRow * partLength;
                int count = Math.min(partLength, length - from);
                int firstRow = part / partsOfRow * rowsOfPart;
                int endRow = Math.min(plan.reduced, firstRow + rowsOfPart);
                int start = plan.keptStart(i / parts) + from;
                double result = nothing(kind);
                for (int row = firstRow; row < endRow; row++) {
                    result = join(kind, result, source.row(start + plan.reducedStart(row), count));
                }
                partial[i] = result;
            }
        });
        for (int i = 0; i < plan.kept; i++) {
            double result = nothing(kind);
            for (int part = 0; part < parts; part++) {
                result = join(kind, result, partial[i * parts + part]);
            }
            target.set(i, result / divisor);
        }
    }

    private static void columns(
            Kind kind, Source source, ReductionPlan plan, double divisor, Target target, Workers workers, Run run) {
        int width = plan.inner;
        if (width == 0) {
            return;
        }
        int strip = Math.min(width, COLUMNS);
        int strips = ceiling(width, strip);
        int rowsOfPart = Math.max(1, 4 * PART / strip);
        int parts = Math.max(1, ceiling(plan.reduced, rowsOfPart));
        int partSize = strip * Math.max(1, Math.min(rowsOfPart, plan.reduced));
        int tasks = Math.multiplyExact(Math.multiplyExact(plan.kept, strips), parts);
        int tasksOfPiece = Math.max(1, PIECE / partSize);
        double[] partial = new double[Math.multiplyExact(Math.multiplyExact(plan.kept, width), parts)];
        workers.run(ceiling(tasks, tasksOfPiece), run, (piece, worker) -> {
            double[] results = new double[strip];
            int end = Math.min(tasks, (piece + 1) * tasksOfPiece);
            for (int task = piece * tasksOfPiece; task < end; task++) {
                int part = task % parts;
                int column = task / parts % strips * strip;
                int index = task / parts / strips;
                int count = Math.min(strip, width - column);
                Arrays.fill(results, nothing(kind));
                int start = plan.keptStart(index) + column;
                int endRow = Math.min(plan.reduced, (part + 1) * rowsOfPart);
                for (int row = part * rowsOfPart; row < endRow; row++) {
                    source.columns(start + plan.reducedStart(row), count, results);
                }
                System.arraycopy(results, 0, partial, (index * parts + part) * width + column, count);
            }
        });
        for (int index = 0; index < plan.kept; index++) {
            for (int column = 0; column < width; column++) {
                double result = nothing(kind);
                for (int part = 0; part < parts; part++) {
                    result = join(kind, result, partial[(index * parts + part) * width + column]);
                }
                target.set(index * width + column, result / divisor);
            }
        }
    }

    private static double nothing(Kind kind) {
        return switch (kind) {
            case SUM, MEAN -> 0;
            case MAXIMUM -> Double.NEGATIVE_INFINITY;
            case MINIMUM -> Double.POSITIVE_INFINITY;
        };
    }

    private static double join(Kind kind, double a, double b) {
        return switch (kind) {
            case SUM, MEAN -> a + b;
            case MAXIMUM -> Math.max(a, b);
            case MINIMUM -> Math.min(a, b);
        };
    }

    private static int ceiling(int size, int step) {
        return (int) (((long) size + step - 1) / step);
    }
}
