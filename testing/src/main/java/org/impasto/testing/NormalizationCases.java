package org.impasto.testing;

import static org.impasto.testing.Operand.normal;
import static org.impasto.testing.Operand.positive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.impasto.core.Attention;
import org.impasto.core.ElementType;
import org.impasto.core.Normalization;
import org.impasto.core.Operation;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.jspecify.annotations.Nullable;

/** Rows of softmax, normalisations and attention. */
final class NormalizationCases {
    private final List<OperationCase> cases = new ArrayList<>();

    private NormalizationCases() {}

    static List<OperationCase> all() {
        NormalizationCases made = new NormalizationCases();
        made.softmax();
        made.groups();
        made.layers();
        made.channels();
        made.attention();
        return made.cases;
    }

    private void addInBothTypes(String name, Operation operation, Tolerance tolerance, Operand... operands) {
        OperationCase row = OperationCase.of(name, operation, tolerance, operands);
        cases.add(row);
        cases.add(row.as(ElementType.FLOAT64));
    }

    private void addInDouble(String name, Operation operation, Tolerance tolerance, Operand... operands) {
        cases.add(OperationCase.of(name, operation, tolerance, operands).as(ElementType.FLOAT64));
    }

    private void softmax() {
        record Line(int axis, long... shape) {}
        List<Line> lines = List.of(
                new Line(0, 1),
                new Line(0, 17),
                new Line(1, 3, 5000),
                new Line(1, 65, 33),
                new Line(1, 2, 33, 3, 5),
                new Line(1, 1, 16, 5, 60),
                new Line(0, 70, 300),
                new Line(3, 2, 17, 3, 31),
                new Line(2, 2, 3, 1, 7),
                new Line(1, 0, 4),
                new Line(0, 3, 0));
        for (Line line : lines) {
            String name = "axis " + line.axis() + " of " + Shape.of(line.shape());
            long length = line.shape()[line.axis()];
            Operand x = normal(line.shape());
            addInBothTypes(name, new Normalization.Softmax(line.axis()), Tolerance.ofElement(16), x);
            addInBothTypes(name, new Normalization.LogSoftmax(line.axis()), Tolerance.ofTensor(4), x);
            addInBothTypes(
                    name,
                    new Normalization.SoftmaxGradient(line.axis()),
                    Tolerance.ofSum(length),
                    positive(line.shape()),
                    x);
            addInBothTypes(
                    name,
                    new Normalization.LogSoftmaxGradient(line.axis()),
                    Tolerance.ofSum(length),
                    normal(line.shape()),
                    x);
        }
    }

    // No sets of two numbers: they become 1 and -1, so that the gradient is what is left of terms that cancel.

    private void groups() {
        record Groups(long groups, long... shape) {}
        List<Groups> all = List.of(
                new Groups(1, 1, 1, 1, 5),
                new Groups(3, 2, 6, 9, 11),
                new Groups(6, 2, 6, 5, 7),
                new Groups(1, 2, 17, 3, 5),
                new Groups(17, 2, 17, 3, 5),
                new Groups(8, 1, 32, 4, 4),
                new Groups(4, 3, 20, 1, 3),
                new Groups(2, 2, 4, 9),
                new Groups(2, 3, 10),
                new Groups(2, 1, 4, 150, 150),
                new Groups(1, 1, 1, 300, 500),
                new Groups(2, 0, 4, 3, 3));
        for (Groups row : all) {
            Operand x = normal(row.shape());
            long channels = row.shape()[1];
            Shape shape = Shape.of(row.shape());
            long terms = Math.max(1, shape.elements() / Math.max(1, row.shape()[0] * row.groups()));
            for (double epsilon : new double[] {1e-5, 0.1}) {
                String name = row.groups() + " groups of " + shape + ", " + epsilon;
                Operation norm = new Normalization.GroupNorm(row.groups(), epsilon);
                Operation gradient = new Normalization.GroupNormGradient(row.groups(), epsilon);
                Tolerance tolerance = Tolerance.ofSum(terms);
                Tolerance ofGradient = Tolerance.ofSum(terms * Math.max(1, row.shape()[0]));
                addInBothTypes(name, norm, tolerance, x);
                addInBothTypes(name, gradient, ofGradient, x, x);
                for (long[] weight : new long[][] {{channels}, {row.shape()[0], channels}}) {
                    String weighted = name + ", weight " + Shape.of(weight);
                    addInBothTypes(weighted, norm, tolerance, x, normal(weight), normal(weight));
                    addInBothTypes(weighted, gradient, ofGradient, x, x, normal(weight));
                }
            }
        }
    }

    private void layers() {
        record Layers(List<Integer> axes, long... shape) {}
        List<Layers> all = List.of(
                new Layers(List.of(0), 5),
                new Layers(List.of(2), 2, 9, 31),
                new Layers(List.of(1), 300, 65),
                new Layers(List.of(1), 2, 5000),
                new Layers(List.of(1), 2, 17, 5, 7),
                new Layers(List.of(1, 2, 3), 2, 5, 7, 9),
                new Layers(List.of(1, 2), 2, 3, 4, 5),
                new Layers(List.of(1), 0, 4));
        for (Layers row : all) {
            Operand x = normal(row.shape());
            String name = "axes " + row.axes() + " of " + Shape.of(row.shape());
            long[] sizes =
                    row.axes().stream().mapToLong(axis -> row.shape()[axis]).toArray();
            long terms = Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
            long rows = Math.max(1, Shape.of(row.shape()).elements() / terms);
            Operation norm = new Normalization.LayerNorm(row.axes(), 1e-5);
            Operation gradient = new Normalization.LayerNormGradient(row.axes(), 1e-5);
            addInBothTypes(name, norm, Tolerance.ofSum(terms), x);
            addInBothTypes(name + ", affine", norm, Tolerance.ofSum(terms), x, normal(sizes), normal(sizes));
            addInBothTypes(name, gradient, Tolerance.ofSum(terms * rows), x, x);
            addInBothTypes(name + ", affine", gradient, Tolerance.ofSum(terms * rows), x, x, normal(sizes));
        }
    }

    private void channels() {
        for (long[] shape : new long[][] {{1, 1, 1, 1}, {2, 17, 3, 5}, {1, 16, 5, 7}, {3, 4, 1, 33}, {0, 2, 3, 3}}) {
            Operand x = normal(shape);
            Operand each = normal(shape[0], shape[1], 1, 1);
            Operand one = normal(1, shape[1], 1, 1);
            Operation affine = new Normalization.ChannelAffine();
            String name = Shape.of(shape).toString();
            addInBothTypes(name, affine, Tolerance.ofTensor(4), x, each, each);
            addInBothTypes(name + ", shared", affine, Tolerance.ofTensor(4), x, one, each);
            addInBothTypes(name + ", centred", affine, Tolerance.ofTensor(4), x, each, one, each);
            addInBothTypes(name + ", centred, shared", affine, Tolerance.ofTensor(4), x, each, each, one);
            Operation gradient = new Normalization.ChannelAffineGradient();
            Tolerance ofPlane = Tolerance.ofSum(shape[2] * shape[3]);
            addInDouble(name, gradient, ofPlane, x, x, one);
            addInDouble(name + ", centred", gradient, ofPlane, x, x, one, each);
            addInDouble(name + ", centred, shared", gradient, ofPlane, x, x, each, one);
        }
    }

    private void attention() {
        attention("self", false, 8, null, new long[] {2, 3, 11}, 11, 8, 8);
        attention("cross", false, 8, null, new long[] {1, 2, 13}, 7, 8, 5);
        attention("causal", true, 8, null, new long[] {2, 3, 11}, 11, 8, 8);
        attention("causal, fewer queries", true, 4, null, new long[] {2, 3}, 9, 4, 4);
        attention("causal, more queries", true, 4, null, new long[] {2, 9}, 3, 4, 4);
        attention("one number", false, 1, null, new long[] {1}, 1, 1, 1);
        attention("several blocks", false, 16, null, new long[] {5, 200}, 33, 16, 17);
        attention("several blocks, causal", true, 16, null, new long[] {2, 200}, 200, 16, 17);
        attention("mask for all", false, 8, new long[] {11, 9}, new long[] {2, 3, 11}, 9, 8, 8);
        attention("mask of images", false, 8, new long[] {2, 1, 11, 9}, new long[] {2, 3, 11}, 9, 8, 8);
        attention("mask of keys", false, 8, new long[] {2, 1, 1, 9}, new long[] {2, 3, 11}, 9, 8, 8);
        attention("mask of heads", true, 8, new long[] {3, 11, 9}, new long[] {2, 3, 11}, 9, 8, 8);
        attention("mask of keys alone", true, 8, new long[] {9}, new long[] {11}, 9, 8, 8);
        attention("batch of none", false, 8, null, new long[] {0, 3}, 9, 8, 8);
    }

    private void attention(
            String name,
            boolean causal,
            long terms,
            long @Nullable [] mask,
            long[] queries,
            long keys,
            long width,
            long values) {
        int rank = queries.length + 1;
        Operand q =
                normal(Shape.of(Arrays.copyOf(queries, rank)).with(-1, width).toArray());
        Shape batch = q.spec().shape();
        Operand k = normal(batch.with(-2, keys).toArray());
        Operand v = normal(batch.with(-2, keys).with(-1, values).toArray());
        Operand g = normal(batch.with(-1, values).toArray());
        double scale = 1 / Math.sqrt((double) width);
        Operation forward = new Attention.ScaledDotProduct(scale, causal);
        Operation backward = new Attention.ScaledDotProductGradient(scale, causal, mask != null);
        long sum = terms * keys;
        if (mask == null) {
            addInBothTypes(name, forward, Tolerance.ofSum(sum), q, k, v);
            addInBothTypes(name, backward, Tolerance.ofSum(sum * queries[queries.length - 1]), q, k, v, g);
        } else {
            Operand added = new Operand(Spec.float32(mask), Operand.Kind.NORMAL);
            addInBothTypes(name, forward, Tolerance.ofSum(sum), q, k, v, added);
            addInBothTypes(name, backward, Tolerance.ofSum(sum * queries[queries.length - 1]), q, k, v, g, added);
        }
    }
}
