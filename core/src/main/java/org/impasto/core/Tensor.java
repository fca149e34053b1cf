package org.impasto.core;

import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.impasto.core.Elementwise.BinaryFunction;
import org.impasto.core.Elementwise.UnaryFunction;
import org.jspecify.annotations.Nullable;

/**
 * An immutable array of numbers with a shape: a handle on a {@link Storage} of a {@link Backend}, governed by the
 * {@link Scope} that was innermost when it was made. Pictures and feature maps are N, C, H, W.
 *
 * <p>Operations run on the outermost backend among their operands, so a function of tensors computes values on plain
 * tensors and is recorded on those of a {@link Tape}. Errors: {@link ShapeException} for shapes, types and options that
 * do not fit, {@link BackendException} for tensors of unrelated backends or used after their scope.
 */
public final class Tensor {
    private static final int LARGEST_IDENTITY = 46_340; // whose elements an array holds

    private final Backend backend;
    private final Spec spec;
    private @Nullable Storage storage;
    private @Nullable Scope owner;

    private Tensor(Backend backend, Storage storage) {
        this.backend = backend;
        this.spec = storage.spec();
        this.storage = storage;
        moveTo(Scope.innermost());
    }

    /** A handle that takes over one count of a storage. */
    static Tensor owning(Backend backend, Storage storage) {
        return new Tensor(backend, storage);
    }

    // ---- making tensors

    /** A float32 tensor with the given values in row-major order. */
    public static Tensor of(Backend backend, Shape shape, float... values) {
        checkCount(shape, values.length);
        return owning(backend, backend.create(new Spec(shape, ElementType.FLOAT32), FloatBuffer.wrap(values)));
    }

    /**
     * A float32 tensor that reads its values from an array, without a copy where the backend can: the caller must not
     * change the array any more.
     */
    public static Tensor sharing(Backend backend, Shape shape, float[] values) {
        checkCount(shape, values.length);
        return owning(backend, backend.share(shape, values));
    }

    /** A float64 tensor with the given values in row-major order. */
    public static Tensor ofDoubles(Backend backend, Shape shape, double... values) {
        checkCount(shape, values.length);
        return owning(backend, backend.create(new Spec(shape, ElementType.FLOAT64), DoubleBuffer.wrap(values)));
    }

    /** An int64 tensor with the given values in row-major order. */
    public static Tensor ofLongs(Backend backend, Shape shape, long... values) {
        checkCount(shape, values.length);
        return owning(backend, backend.create(new Spec(shape, ElementType.INT64), LongBuffer.wrap(values)));
    }

    /**
     * A tensor of any type with the values of a buffer, which are copied: row-major, from the buffer's position to its
     * limit; a {@link FloatBuffer} or {@link DoubleBuffer} for floating types, a {@link LongBuffer} for int64.
     */
    public static Tensor from(Backend backend, Spec spec, Buffer values) {
        checkCount(spec.shape(), values.remaining());
        return owning(backend, backend.create(spec, values));
    }

    /** The result of an operation without operands. */
    public static Tensor generate(Backend backend, Generation operation) {
        return applyOn(backend, operation, List.of()).get(0);
    }

    /** A tensor whose elements are all the same. */
    public static Tensor full(Backend backend, Spec spec, double value) {
        return generate(backend, new Generation.Fill(spec, value));
    }

    /** Normal noise of mean 0 and variance 1 from the current run's next stream; an error without a seeded run. */
    public static Tensor noise(Backend backend, Spec spec) {
        Run run = Run.current();
        return generate(backend, new Generation.Noise(spec, run.seed(), run.takeStream()));
    }

    /** A tensor of this one's backend and type whose elements are all the same: a constant for gradients. */
    public Tensor constant(Shape shape, double value) {
        return full(plainBackend(), new Spec(shape, spec.type()), value);
    }

    /** The identity matrix of this tensor's backend and type: a constant for gradients. */
    public Tensor identity(long size) {
        if (size < 0 || size > LARGEST_IDENTITY) {
            throw new ShapeException("identity matrix of size " + size + ", expected 0 to " + LARGEST_IDENTITY);
        }
        int n = (int) size;
        double[] values = new double[n * n];
        for (int i = 0; i < n; i++) {
            values[i * (n + 1)] = 1;
        }
        return from(plainBackend(), new Spec(Shape.of(n, n), spec.type()), DoubleBuffer.wrap(values));
    }

    /** Normal noise of this tensor's backend and type, from the current run's next stream. */
    public Tensor noise(Shape shape) {
        return noise(plainBackend(), new Spec(shape, spec.type()));
    }

    private static void checkCount(Shape shape, int count) {
        if (shape.elements() != count) {
            throw new ShapeException(
                    "shape " + shape + " has " + shape.elements() + " elements, found " + count + " values");
        }
    }

    // ---- what is known

    /** Sizes of the axes. */
    public Shape shape() {
        return spec.shape();
    }

    /** Type of the elements. */
    public ElementType type() {
        return spec.type();
    }

    /** Shape and type. */
    public Spec spec() {
        return spec;
    }

    /** The backend that operations on this tensor run on: a tape if it is recorded. */
    public Backend backend() {
        return backend;
    }

    // ---- values out

    /** The values as floats in row-major order. */
    public float[] toFloats() {
        checkFloating();
        float[] values = new float[elements()];
        readInto(FloatBuffer.wrap(values));
        return values;
    }

    /**
     * The values as floats in row-major order, which the caller must not change: the very array of a tensor that
     * {@link #sharing} made, a copy of any other.
     */
    public float[] sharedFloats() {
        float[] shared = plainBackend().shared(plainStorage());
        return shared != null ? shared : toFloats();
    }

    /** The values as doubles in row-major order. */
    public double[] toDoubles() {
        checkFloating();
        double[] values = new double[elements()];
        readInto(DoubleBuffer.wrap(values));
        return values;
    }

    /** The values of an int64 tensor in row-major order. */
    public long[] toLongs() {
        if (spec.type() != ElementType.INT64) {
            throw new ShapeException("tensor is " + spec + ", expected INT64; convert it with to(type)");
        }
        long[] values = new long[elements()];
        readInto(LongBuffer.wrap(values));
        return values;
    }

    /** Copies the values in row-major order to a buffer, from its position on. */
    public void readInto(Buffer buffer) {
        Storage held = plainStorage().retain();
        try {
            plainBackend().read(held, buffer);
        } finally {
            held.release();
        }
    }

    /** The only element, as a double. */
    public double item() {
        if (spec.shape().elements() != 1) {
            throw new ShapeException("tensor " + spec + " has not exactly one element");
        }
        return spec.type() == ElementType.INT64 ? toLongs()[0] : toDoubles()[0];
    }

    private void checkFloating() {
        if (!spec.type().isFloating()) {
            throw new ShapeException("tensor is " + spec + ", expected a floating type; take toLongs(), or convert it"
                    + " with to(type)");
        }
    }

    private int elements() {
        if (spec.shape().elements() > Integer.MAX_VALUE - 8) {
            throw new ShapeException("tensor " + spec + " does not fit an array: read it in slices");
        }
        return (int) spec.shape().elements();
    }

    // ---- gradients

    /** The same values as a constant of the same tape: no gradient flows through. */
    public Tensor detach() {
        if (backend instanceof Decorator decorator) {
            Tensor inner = plain();
            return owning(decorator, liftFrom(decorator, inner.backend, inner.storage()));
        }
        return this;
    }

    /** The same values on the backend that computes, outside every tape. */
    public Tensor plain() {
        return backend instanceof Decorator
                ? owning(plainBackend(), plainStorage().retain())
                : this;
    }

    /** A function whose intermediate results are computed again in the backward pass instead of being kept. */
    public static Tensor checkpoint(Function<List<Tensor>, Tensor> function, Tensor... inputs) {
        if (outermost(() -> "a checkpoint", List.of(inputs)) instanceof Tape tape && tape.observer() != null) {
            return function.apply(List.of(inputs)); // so that the observer sees what happens inside
        }
        return custom(new Checkpoint(function), inputs).get(0);
    }

    /** Results of a function with its own backward pass; see {@link CustomFunction}. */
    public static List<Tensor> custom(CustomFunction function, Tensor... inputs) {
        List<Tensor> operands = List.of(inputs);
        Backend outermost = outermost(() -> "a custom function", operands);
        if (outermost instanceof Tape tape) {
            return tape.custom(function, operands);
        }
        return Scope.keepingAll(() -> function.forward(operands));
    }

    // ---- dispatch

    /** Runs an operation with one result. */
    public static Tensor apply(Operation operation, Tensor... operands) {
        return apply(operation, List.of(operands));
    }

    /** Runs an operation with one result. */
    public static Tensor apply(Operation operation, List<Tensor> operands) {
        return applyAll(operation, operands).get(0);
    }

    /** Runs an operation on the outermost backend among its operands, of which there must be at least one. */
    public static List<Tensor> applyAll(Operation operation, List<Tensor> operands) {
        return applyOn(outermost(operation::name, operands), operation, operands);
    }

    private static List<Tensor> applyOn(Backend backend, Operation operation, List<Tensor> operands) {
        List<Spec> specs = new ArrayList<>(operands.size());
        for (Tensor operand : operands) {
            specs.add(operand.spec);
        }
        List<Spec> outputs = operation.outputs(specs);
        if (backend instanceof Tape) {
            Tensor unfused = operation.unfused(operands);
            if (unfused != null) {
                return List.of(unfused);
            }
        }
        List<Storage> storages = new ArrayList<>(); // held for the call, in case another thread closes their scope
        try {
            for (Tensor operand : operands) {
                storages.add(liftFrom(backend, operand.backend, operand.storage()));
            }
            List<Tensor> results = new ArrayList<>();
            for (Storage result : backend.run(operation, storages, outputs, Run.current())) {
                results.add(owning(backend, result));
            }
            return results;
        } finally {
            storages.forEach(Storage::release);
        }
    }

    static Backend outermost(Supplier<String> name, List<Tensor> operands) {
        if (operands.isEmpty()) {
            throw new BackendException(name.get() + ": expected at least one operand to tell the backend");
        }
        Backend outermost = operands.get(0).backend;
        for (Tensor operand : operands) {
            if (!reaches(outermost, operand.backend)) {
                if (!reaches(operand.backend, outermost)) {
                    throw new BackendException(
                            name.get() + ": operands live on unrelated backends: " + outermost.describe() + " and "
                                    + operand.backend.describe() + "; create both from one backend");
                }
                outermost = operand.backend;
            }
        }
        return outermost;
    }

    static boolean reaches(Backend from, Backend to) {
        Backend backend = from;
        while (backend != to) {
            if (!(backend instanceof Decorator decorator)) {
                return false;
            }
            backend = decorator.inner();
        }
        return true;
    }

    /** A storage of {@code target} for one of a backend below it; the caller owns its one count. */
    static Storage liftFrom(Backend target, Backend from, Storage storage) {
        if (target == from) {
            return storage.retain();
        }
        Decorator decorator = (Decorator) target;
        Storage inner = liftFrom(decorator.inner(), from, storage);
        try {
            return decorator.lift(inner);
        } finally {
            inner.release();
        }
    }

    // ---- elementwise

    /** Sum, broadcasting. */
    public Tensor add(Tensor other) {
        return binary(BinaryFunction.ADD, other);
    }

    /** Difference, broadcasting. */
    public Tensor sub(Tensor other) {
        return binary(BinaryFunction.SUBTRACT, other);
    }

    /** Product, broadcasting. */
    public Tensor mul(Tensor other) {
        return binary(BinaryFunction.MULTIPLY, other);
    }

    /** Quotient, broadcasting. */
    public Tensor div(Tensor other) {
        return binary(BinaryFunction.DIVIDE, other);
    }

    /** The larger of both, broadcasting. */
    public Tensor maximum(Tensor other) {
        return binary(BinaryFunction.MAXIMUM, other);
    }

    /** The smaller of both, broadcasting. */
    public Tensor minimum(Tensor other) {
        return binary(BinaryFunction.MINIMUM, other);
    }

    /** 1 where this is greater than the other, else 0, broadcasting. */
    public Tensor greater(Tensor other) {
        return binary(BinaryFunction.GREATER, other);
    }

    private Tensor binary(BinaryFunction function, Tensor other) {
        return apply(new Elementwise.Binary(function), this, other);
    }

    /** {@code scale * x + shift}. */
    public Tensor affine(double scale, double shift) {
        return apply(new Elementwise.Affine(scale, shift), this);
    }

    /** Absolute value. */
    public Tensor abs() {
        return unary(UnaryFunction.ABSOLUTE);
    }

    /** Cosine of an angle in radians. */
    public Tensor cos() {
        return unary(UnaryFunction.COSINE);
    }

    /** The error function. */
    public Tensor erf() {
        return unary(UnaryFunction.ERROR_FUNCTION);
    }

    /** e to the power of each element. */
    public Tensor exp() {
        return unary(UnaryFunction.EXPONENTIAL);
    }

    /** x / 2 * (1 + erf(x / sqrt(2))). */
    public Tensor gelu() {
        return unary(UnaryFunction.GELU);
    }

    /** Natural logarithm. */
    public Tensor log() {
        return unary(UnaryFunction.LOGARITHM);
    }

    /** log(1 + x), exact where x is small. */
    public Tensor log1p() {
        return unary(UnaryFunction.LOGARITHM_OF_ONE_PLUS);
    }

    /** The negative. */
    public Tensor negate() {
        return unary(UnaryFunction.NEGATE);
    }

    /** 1 / x. */
    public Tensor reciprocal() {
        return unary(UnaryFunction.RECIPROCAL);
    }

    /** 1 / sqrt(x). */
    public Tensor rsqrt() {
        return unary(UnaryFunction.RECIPROCAL_SQUARE_ROOT);
    }

    /** max(x, 0). */
    public Tensor relu() {
        return unary(UnaryFunction.RELU);
    }

    /** x where positive, else {@code slope * x}. */
    public Tensor leakyRelu(double slope) {
        return apply(new Elementwise.LeakyRelu(slope), this);
    }

    /** {@code x} where positive, else {@code alpha * (exp(x) - 1)}. */
    public Tensor elu(double alpha) {
        return apply(new Elementwise.Elu(alpha), this);
    }

    /** 1 / (1 + exp(-x)). */
    public Tensor sigmoid() {
        return unary(UnaryFunction.SIGMOID);
    }

    /** -1, 0 or 1. */
    public Tensor sign() {
        return unary(UnaryFunction.SIGN);
    }

    /** x * sigmoid(x). */
    public Tensor silu() {
        return unary(UnaryFunction.SILU);
    }

    /** Sine of an angle in radians. */
    public Tensor sin() {
        return unary(UnaryFunction.SINE);
    }

    /** log(1 + exp(x)). */
    public Tensor softplus() {
        return unary(UnaryFunction.SOFTPLUS);
    }

    /** x * x. */
    public Tensor square() {
        return unary(UnaryFunction.SQUARE);
    }

    /** Square root. */
    public Tensor sqrt() {
        return unary(UnaryFunction.SQUARE_ROOT);
    }

    /** Hyperbolic tangent. */
    public Tensor tanh() {
        return unary(UnaryFunction.TANH);
    }

    /** Each element kept within two bounds. */
    public Tensor clamp(double low, double high) {
        return apply(new Elementwise.Clamp(low, high), this);
    }

    /** Each element raised to a constant power. */
    public Tensor power(double exponent) {
        return apply(new Elementwise.Power(exponent), this);
    }

    private Tensor unary(UnaryFunction function) {
        return apply(new Elementwise.Unary(function), this);
    }

    /** The same numbers in another type. */
    public Tensor to(ElementType type) {
        return type == spec.type() ? this : apply(new Conversion.Cast(type), this);
    }

    // ---- reductions

    /** Sum over axes, which become 1; over all elements, a scalar, if none is named. */
    public Tensor sum(int... axes) {
        return axes.length == 0
                ? apply(new Reduction.Sum(allAxes()), this).reshape()
                : apply(new Reduction.Sum(axes(axes)), this);
    }

    /** Mean over axes, which become 1; over all elements, a scalar, if none is named. */
    public Tensor mean(int... axes) {
        long count = 1;
        for (int axis : axes.length == 0 ? allAxes() : axes(axes)) {
            count *= spec.shape().size(axis);
        }
        double scale = 1.0 / count;
        return sum(axes).affine(scale, 0);
    }

    /** Largest element over axes, which become 1; over all elements, a scalar, if none is named. */
    public Tensor max(int... axes) {
        return axes.length == 0
                ? apply(new Reduction.Maximum(allAxes()), this).reshape()
                : apply(new Reduction.Maximum(axes(axes)), this);
    }

    /** Smallest element over axes, which become 1; over all elements, a scalar, if none is named. */
    public Tensor min(int... axes) {
        return axes.length == 0
                ? apply(new Reduction.Minimum(allAxes()), this).reshape()
                : apply(new Reduction.Minimum(axes(axes)), this);
    }

    /** Sums along an axis, each over the elements up to its place. */
    public Tensor cumulativeSum(int axis) {
        return apply(new Scan.CumulativeSum(spec.shape().axis(axis), false), this);
    }

    private List<Integer> allAxes() {
        List<Integer> all = new ArrayList<>();
        for (int axis = 0; axis < spec.shape().rank(); axis++) {
            all.add(axis);
        }
        return all;
    }

    private List<Integer> axes(int... axes) {
        int[] positive = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            positive[i] = spec.shape().axis(axes[i]);
        }
        Arrays.sort(positive);
        List<Integer> sorted = new ArrayList<>(axes.length);
        for (int axis : positive) {
            sorted.add(axis);
        }
        return List.copyOf(sorted);
    }

    /** Sums so that the result has a shape that broadcasts to this one: the reverse of a broadcast. */
    public Tensor sumTo(Shape shape) {
        if (shape.equals(spec.shape())) {
            return this;
        }
        List<Integer> repeated = new ArrayList<>();
        int extra = spec.shape().rank() - shape.rank();
        for (int axis = 0; axis < spec.shape().rank(); axis++) {
            if (axis < extra || (shape.size(axis - extra) == 1 && spec.shape().size(axis) != 1)) {
                repeated.add(axis);
            }
        }
        return apply(new Reduction.Sum(repeated), this).reshape(shape.toArray());
    }

    /** This tensor repeated along its axes of size 1 so that it has a larger shape. */
    public Tensor expand(Shape shape) {
        if (shape.equals(spec.shape())) {
            return this;
        }
        Tensor expanded = constant(shape, -0.0).add(this); // which leaves every number as it is, -0 as well
        if (!expanded.shape().equals(shape)) {
            throw new ShapeException("expand: shape " + spec.shape() + " does not repeat to " + shape);
        }
        return expanded;
    }

    // ---- shapes

    /** The same elements under another shape; one size may be -1, which is worked out. */
    public Tensor reshape(long... sizes) {
        long[] resolved = sizes.clone();
        long known = 1;
        int open = -1;
        for (int axis = 0; axis < sizes.length; axis++) {
            if (sizes[axis] == -1 && open < 0) {
                open = axis;
            } else {
                known *= sizes[axis];
            }
        }
        if (open >= 0) {
            if (known == 0 || spec.shape().elements() % known != 0) {
                throw new ShapeException(
                        "reshape: " + spec.shape() + " does not divide into " + Arrays.toString(sizes));
            }
            resolved[open] = spec.shape().elements() / known;
        }
        return reshape(Shape.of(resolved));
    }

    /** The same elements under another shape. */
    public Tensor reshape(Shape shape) {
        return shape.equals(spec.shape()) ? this : apply(new View.Reshape(shape), this);
    }

    /** Axes in another order: axis i of the result is axis {@code order[i]} of this. */
    public Tensor permute(int... order) {
        return apply(
                new View.Permute(
                        Arrays.stream(order).map(spec.shape()::axis).boxed().toList()),
                this);
    }

    /** Matrices (..., n, m) with their last two axes exchanged. */
    public Tensor transposed() {
        int rank = spec.shape().rank();
        if (rank < 2) {
            throw new ShapeException("transposed: shape is " + spec.shape() + ", expected (..., n, m)");
        }
        int[] order = new int[rank];
        Arrays.setAll(order, axis -> axis);
        order[rank - 1] = rank - 2;
        order[rank - 2] = rank - 1;
        return permute(order);
    }

    /** Part of one axis. */
    public Tensor slice(int axis, long start, long length) {
        return apply(new View.Slice(spec.shape().axis(axis), start, length), this);
    }

    /** Tensors behind each other along an axis. */
    public static Tensor concat(int axis, List<Tensor> tensors) {
        if (tensors.isEmpty()) {
            throw new ShapeException("concat: no tensors, expected at least one");
        }
        int along = tensors.get(0).spec.shape().axis(axis);
        return tensors.size() == 1 ? tensors.get(0) : apply(new View.Concat(along), tensors);
    }

    // ---- selection

    /** Where the largest element along an axis stands, as int64; the axis becomes 1. The first of equal ones wins. */
    public Tensor argMax(int axis) {
        return apply(new Selection.ArgMaximum(spec.shape().axis(axis)), this);
    }

    /** Where the smallest element along an axis stands, as int64; the axis becomes 1. The first of equal ones wins. */
    public Tensor argMin(int axis) {
        return negate().argMax(axis);
    }

    /** Layers of an axis by their places, an int64 tensor of rank 1: layer i of the result is {@code indices[i]} of this. */
    public Tensor indexSelect(int axis, Tensor indices) {
        return apply(new Selection.IndexSelect(spec.shape().axis(axis)), this, indices);
    }

    /** Layers of an axis by their places. */
    public Tensor indexSelect(int axis, long... indices) {
        return indexSelect(axis, ofLongs(plainBackend(), Shape.of(indices.length), indices));
    }

    // ---- linear algebra and statistics

    /** Matrix product of the last two axes; leading axes broadcast. */
    public Tensor matmul(Tensor other) {
        return matmul(other, false, false);
    }

    /** Matrix product of the last two axes, either operand transposed first. */
    public Tensor matmul(Tensor other, boolean transposeThis, boolean transposeOther) {
        return apply(new LinearAlgebra.MatrixProduct(transposeThis, transposeOther), this, other);
    }

    /** Gram matrices of feature maps, divided by H * W: (N, C, H, W) to (N, C, C). */
    public Tensor gram() {
        return apply(new LinearAlgebra.Gram(), this);
    }

    /** Covariance of channels over pixels, in float64: (N, C, H, W) to (N, C, C). */
    public Tensor covariance(boolean unbiased) {
        return apply(new Statistics.Covariance(unbiased), this);
    }

    /** Mean and variance of each channel over its pixels: (N, C, H, W) to two of (N, C, 1, 1). */
    public Moments channelMoments(boolean unbiased) {
        List<Tensor> moments = applyAll(new Statistics.ChannelMoments(unbiased), List.of(this));
        return new Moments(moments.get(0), moments.get(1));
    }

    /** Mean and variance. */
    public record Moments(Tensor mean, Tensor variance) {}

    /** Ascending eigenvalues (n) and eigenvectors, as columns (n, n), of a symmetric float64 matrix. */
    public Eigen symmetricEigen() {
        List<Tensor> eigen = applyAll(new LinearAlgebra.SymmetricEigen(), List.of(this));
        return new Eigen(eigen.get(0), eigen.get(1));
    }

    /** Eigenvalues and eigenvectors. */
    public record Eigen(Tensor values, Tensor vectors) {}

    /** The lower triangular L with A = L L', of positive definite float64 matrices (..., n, n). */
    public Tensor cholesky() {
        return apply(new Factorization.Cholesky(), this);
    }

    /** The factors of A = P L U with partial pivoting, of float64 matrices (..., n, n). */
    public Lu lu() {
        List<Tensor> results = applyAll(new Factorization.Lu(), List.of(this));
        return new Lu(results.get(0), results.get(1), results.get(2));
    }

    /**
     * What {@link Factorization.Lu} gives.
     *
     * @param factors (..., n, n), L without its diagonal of ones and U in one
     * @param rows (..., n) int64: row i of L U is this row of A
     * @param sign (...), the sign of the determinant
     */
    public record Lu(Tensor factors, Tensor rows, Tensor sign) {
        /** P' as constant float64 matrices (..., n, n): {@code P' A = L U}. */
        public Tensor permutation() {
            return permutation(rows);
        }

        static Tensor permutation(Tensor rows) {
            Shape shape = rows.shape();
            double[] columns = new double[shape.intSize(-1)];
            Arrays.setAll(columns, i -> i);
            long[] sizes = Arrays.copyOf(shape.toArray(), shape.rank() + 1);
            sizes[shape.rank()] = 1;
            Tensor distance = rows.to(ElementType.FLOAT64)
                    .reshape(sizes)
                    .sub(ofDoubles(rows.plainBackend(), Shape.of(columns.length), columns));
            return distance.abs().clamp(0, 1).affine(-1, 1);
        }
    }

    /** X with op(T) X = B, where T is a triangle of this tensor (..., n, n) and B (..., n, m), in float64. */
    public Tensor triangularSolve(Tensor right, boolean lower, boolean transposed, boolean unit) {
        return apply(new Factorization.TriangularSolve(lower, transposed, unit), this, right);
    }

    // ---- normalisation and attention

    /** {@code exp(x) / sum(exp(x))} along an axis. */
    public Tensor softmax(int axis) {
        return apply(new Normalization.Softmax(spec.shape().axis(axis)), this);
    }

    /** {@code x - log(sum(exp(x)))} along an axis. */
    public Tensor logSoftmax(int axis) {
        return apply(new Normalization.LogSoftmax(spec.shape().axis(axis)), this);
    }

    /** Each group of channels of each image at mean 0 and variance 1. */
    public Tensor groupNorm(long groups, double epsilon) {
        return apply(new Normalization.GroupNorm(groups, epsilon), this);
    }

    /** The same, then scaled and shifted by weight and bias, both (C) or both (N, C). */
    public Tensor groupNorm(long groups, Tensor weight, Tensor bias, double epsilon) {
        return apply(new Normalization.GroupNorm(groups, epsilon), this, weight, bias);
    }

    /** Each channel of each image at mean 0 and variance 1. */
    public Tensor instanceNorm(double epsilon) {
        return groupNorm(channels("instanceNorm"), epsilon);
    }

    /** The same, then scaled and shifted by weight and bias, both (C) or both (N, C). */
    public Tensor instanceNorm(Tensor weight, Tensor bias, double epsilon) {
        return groupNorm(channels("instanceNorm"), weight, bias, epsilon);
    }

    private long channels(String operation) {
        if (spec.shape().rank() < 2) {
            throw new ShapeException(operation + ": features have shape " + spec.shape() + ", expected N, C, ...");
        }
        return spec.shape().size(1);
    }

    /** The numbers along neighbouring axes at mean 0 and variance 1. */
    public Tensor layerNorm(double epsilon, int... axes) {
        return apply(new Normalization.LayerNorm(axes(axes), epsilon), this);
    }

    /** The same, then scaled and shifted by weight and bias of the sizes of those axes. */
    public Tensor layerNorm(Tensor weight, Tensor bias, double epsilon, int... axes) {
        return apply(new Normalization.LayerNorm(axes(axes), epsilon), this, weight, bias);
    }

    /** {@code x * scale + shift} with numbers (N or 1, C, 1, 1), in one pass. */
    public Tensor channelAffine(Tensor scale, Tensor shift) {
        return apply(new Normalization.ChannelAffine(), this, scale, shift);
    }

    /** {@code (x - centre) * scale + shift} with numbers (N or 1, C, 1, 1), in one pass. */
    public Tensor channelAffine(Tensor centre, Tensor scale, Tensor shift) {
        return apply(new Normalization.ChannelAffine(), this, scale, shift, centre);
    }

    /**
     * {@code softmax(q k' / sqrt(D) + mask) v} of this as the queries (..., L, D); see
     * {@link Attention.ScaledDotProduct}.
     *
     * @param mask added to the scores, or null; {@link #maskOf} makes one of truth values
     */
    public Tensor attention(Tensor keys, Tensor values, @Nullable Tensor mask, boolean causal) {
        long width = spec.shape().rank() == 0 ? 1 : spec.shape().size(-1);
        Operation operation = new Attention.ScaledDotProduct(1 / Math.sqrt((double) width), causal);
        return mask == null ? apply(operation, this, keys, values) : apply(operation, this, keys, values, mask);
    }

    /** The mask for scores of this type: 0 where {@code allowed} is 1, minus infinity where it is 0. */
    public Tensor maskOf(Tensor allowed) {
        return allowed.to(type()).log();
    }

    // ---- pictures

    /** Convolution with a weight (out, in / groups, height, width) and, if given, a bias (out). */
    public Tensor conv2d(Tensor weight, @Nullable Tensor bias, Convolution.Geometry geometry) {
        return conv2d(weight, bias, geometry, Convolution.Activation.NONE, Convolution.FusedPooling.NONE);
    }

    /** Convolution followed by an activation and a 2x2 max pooling in the same pass. */
    public Tensor conv2d(
            Tensor weight,
            @Nullable Tensor bias,
            Convolution.Geometry geometry,
            Convolution.Activation activation,
            Convolution.FusedPooling pooling) {
        Operation operation = new Convolution.Conv2d(geometry, activation, pooling);
        return bias == null ? apply(operation, this, weight) : apply(operation, this, weight, bias);
    }

    /**
     * Transposed convolution with a weight (in, out / groups, height, width) and, if given, a bias (out); the geometry's
     * padding is cut off the result, {@link Convolution.Geometry#outputPadded} says how output padding is given.
     */
    public Tensor convTranspose2d(Tensor weight, @Nullable Tensor bias, Convolution.Geometry geometry) {
        Operation operation = new Convolution.ConvTranspose2d(geometry);
        return bias == null ? apply(operation, this, weight) : apply(operation, this, weight, bias);
    }

    /** The largest cell of each window. */
    public Tensor maxPool2d(Pooling.Window window) {
        return apply(new Pooling.MaxPool2d(window), this);
    }

    /** The largest cell of each window, and where it stands in its plane. */
    public Pooled maxPool2dWithIndices(Pooling.Window window) {
        List<Tensor> pooled = applyAll(new Pooling.MaxPool2dWithIndices(window), List.of(this));
        return new Pooled(pooled.get(0), pooled.get(1));
    }

    /** The largest cell of each of height x width windows that cover the picture, and where it stands in its plane. */
    public Pooled adaptiveMaxPool2d(long height, long width) {
        List<Tensor> pooled = applyAll(new Pooling.AdaptiveMaxPool2d(height, width), List.of(this));
        return new Pooled(pooled.get(0), pooled.get(1));
    }

    /** Largest cells of windows, and their flat indices (row * W + column) inside the planes they come from. */
    public record Pooled(Tensor values, Tensor indices) {}

    /** The reverse of a max pooling: these values at their flat indices in planes of height x width, else 0. */
    public Tensor maxUnpool2d(Tensor indices, long height, long width) {
        return apply(new Pooling.MaxUnpool2d(height, width), this, indices);
    }

    /** The mean of each of height x width windows that cover the picture. */
    public Tensor adaptiveAvgPool2d(long height, long width) {
        return resize(height, width, Resampling.Filter.AREA);
    }

    /** The mean of each window; {@code countPadding}: whether cells of the padding count as zeros. */
    public Tensor avgPool2d(Pooling.Window window, boolean countPadding) {
        return apply(new Pooling.AvgPool2d(window, countPadding), this);
    }

    /** Edges added, or cut where negative. */
    public Tensor pad(Edges edges, PaddingMode mode) {
        return apply(new Padding.Pad(edges, mode, 0), this);
    }

    /** At another size, without antialiasing and with half-pixel centres. */
    public Tensor resize(long height, long width, Resampling.Filter filter) {
        return apply(new Resampling.Resize(height, width, filter, false, false), this);
    }

    // ---- filters

    /** The mean of the window of (2 radius + 1) x (2 radius + 1) cells around each cell. */
    public Tensor boxMean(int radius, Filtering.Border border) {
        return apply(new Filtering.BoxMean(radius, border), this);
    }

    // ---- holding

    Storage storage() {
        Storage held = storage;
        if (held == null) {
            throw new BackendException("a tensor of " + spec + " was used after its scope was closed: hand it out with "
                    + "scope.keep(tensor)");
        }
        return held;
    }

    private Backend plainBackend() {
        Backend plain = backend;
        while (plain instanceof Decorator decorator) {
            plain = decorator.inner();
        }
        return plain;
    }

    private Storage plainStorage() {
        Storage plain = storage();
        while (plain instanceof TrackedStorage tracked) {
            plain = tracked.inner();
        }
        return plain;
    }

    @Nullable
    Scope owner() {
        return owner;
    }

    void moveTo(@Nullable Scope scope) {
        owner = scope;
        if (scope == null) {
            storage().leaveToCollector();
        } else {
            scope.own(this);
        }
    }

    void giveBack() {
        Storage held = storage();
        storage = null;
        owner = null;
        held.release();
    }

    /** Shape, type and backend; no values. */
    @Override
    public String toString() {
        return "Tensor " + spec + " on " + backend.describe();
    }
}
