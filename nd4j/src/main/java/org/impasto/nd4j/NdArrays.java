package org.impasto.nd4j;

import java.lang.ref.Reference;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.ElementType;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Tensors from and to ND4J's arrays.
 *
 * <pre>{@code
 * INDArray relu31 = NdArrays.map(backend, x -> net.features(x, "relu3_1").get("relu3_1"), picture);
 * }</pre>
 *
 * <p>Any rank, view, offset, stride and order is read, as its indices say. Values are copied; nothing is shared between a
 * tensor and an array.
 *
 * <table>
 * <caption>Element types</caption>
 * <tr><th>array</th><th>tensor made of it</th></tr>
 * <tr><td>FLOAT, FLOAT16, BFLOAT16</td><td>FLOAT32</td></tr>
 * <tr><td>DOUBLE</td><td>FLOAT64</td></tr>
 * <tr><td>INT64, INT32, INT16, INT8, UINT32, UINT16, UINT8, BOOL (0 and 1)</td><td>INT64</td></tr>
 * </table>
 *
 * <p>Networks compute on FLOAT32: give them a DOUBLE array through {@code x -> net.forward(x.to(ElementType.FLOAT32))}.
 *
 * <p>Errors: {@link BackendException} for element types that do not cross, closed arrays and arrays of more than 2^31-9
 * elements; {@link ShapeException} for a target of another shape.
 */
public final class NdArrays {
    private static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

    private NdArrays() {}

    // ---- one array

    /**
     * A tensor with the shape and values of an array. {@code Nd4j.empty()}, whose shape has no axis, becomes a tensor of
     * shape 0.
     */
    public static Tensor tensor(Backend backend, INDArray array) {
        ElementFormat format = format(array);
        Spec spec = new Spec(shape(array), format.tensorType());
        if (spec.shape().elements() == 0) {
            return Tensor.from(backend, spec, emptyBuffer(spec.type()));
        }
        if (spec.shape().elements() > MOST_ELEMENTS) {
            throw new BackendException("the array of " + describe(array) + " has "
                    + spec.shape().elements() + " elements, expected at most " + MOST_ELEMENTS + ": take it in slices");
        }
        try {
            return Tensor.from(
                    backend, spec, values(array, format, (int) spec.shape().elements()));
        } finally {
            // The buffers do not hold the array, whose memory is freed when the garbage collector finds it.
            Reference.reachabilityFence(array);
        }
    }

    /**
     * A fresh array in c order with the shape and values of a tensor: FLOAT for FLOAT32, DOUBLE for FLOAT64, INT64 for
     * INT64. It belongs to ND4J's current workspace, if there is one.
     */
    public static INDArray array(Tensor tensor) {
        DataType type = switch (tensor.type()) {
            case FLOAT32 -> DataType.FLOAT;
            case FLOAT64 -> DataType.DOUBLE;
            case INT64 -> DataType.INT64;
            default ->
                throw new BackendException("a tensor of " + tensor.spec()
                        + " cannot become an array, expected FLOAT32, FLOAT64 or INT64: convert it with to(type)");
        };
        return into(tensor, fresh(type, tensor.shape()));
    }

    private static INDArray fresh(DataType type, Shape shape) {
        try {
            return shape.elements() == 0
                    ? Nd4j.create(type, shape.toArray())
                    : Nd4j.createUninitialized(type, shape.toArray(), 'c');
        } catch (LinkageError noBackend) {
            // The first use of Nd4j looks for a backend; every later one fails on the class that did not start.
            throw new BackendException(
                    "no ND4J backend could be started to make an array: add one to the class path, such as"
                            + " org.nd4j:nd4j-native of the version of nd4j-api",
                    noBackend);
        }
    }

    /**
     * Writes the values of a tensor into an array or a view of one, whatever its strides and order. Floating-point values
     * are rounded where the array is FLOAT and the tensor FLOAT64.
     *
     * @param target of the tensor's shape; FLOAT or DOUBLE for floating-point values, INT64 for integers; a view in which
     *     two elements share a cell (a broadcast) is refused
     * @return the target
     */
    public static INDArray into(Tensor tensor, INDArray target) {
        ElementFormat format = format(target);
        if (!format.isTensorFormat()
                || tensor.type().isFloating() != format.tensorType().isFloating()) {
            throw new BackendException("a tensor of " + tensor.spec() + " cannot be written into an array of "
                    + describe(target) + ", expected one of type "
                    + (tensor.type().isFloating() ? "FLOAT or DOUBLE" : "INT64"));
        }
        if (!tensor.shape().equals(shape(target))) {
            throw new ShapeException("a tensor of " + tensor.spec() + " cannot be written into an array of "
                    + describe(target) + ", expected one of shape " + tensor.shape());
        }
        if (tensor.shape().elements() == 0) {
            return target;
        }
        StridedLayout layout = StridedLayout.of(target.shape(), target.stride());
        if (layout.mayOverlap()) {
            throw new BackendException("a tensor cannot be written into an array of " + describe(target)
                    + " in which elements share cells (strides " + Arrays.toString(target.stride())
                    + "): write into a copy of it");
        }
        ArrayMemory memory = ArrayMemory.of(target, format);
        try {
            int elements = (int) tensor.shape().elements();
            if (layout.isContiguous() && elements <= memory.mostCells()) {
                tensor.readInto(typed(memory.window(0, elements), format));
            } else {
                scatter(tensor, format, layout, memory);
            }
            Nd4j.getAffinityManager().tagLocation(target, Location.HOST);
        } finally {
            Reference.reachabilityFence(target);
        }
        return target;
    }

    // ---- functions of tensors on arrays

    /** Runs a function of tensors, such as a network's {@code forward}, on an array, in a scope of its own. */
    public static INDArray map(Backend backend, Function<Tensor, Tensor> function, INDArray array) {
        try (Scope scope = Scope.open()) {
            return array(function.apply(tensor(backend, array)));
        }
    }

    /** Runs a function of several tensors with several results on arrays, in a scope of its own. */
    public static List<INDArray> mapAll(
            Backend backend, Function<List<Tensor>, List<Tensor>> function, INDArray... arrays) {
        try (Scope scope = Scope.open()) {
            List<Tensor> tensors = new ArrayList<>();
            for (INDArray array : arrays) {
                tensors.add(tensor(backend, array));
            }
            return function.apply(List.copyOf(tensors)).stream()
                    .map(NdArrays::array)
                    .toList();
        }
    }

    /** Runs a function with named results, such as features by layer, on an array, in a scope of its own. */
    public static Map<String, INDArray> mapNamed(
            Backend backend, Function<Tensor, Map<String, Tensor>> function, INDArray array) {
        try (Scope scope = Scope.open()) {
            Map<String, INDArray> arrays = new LinkedHashMap<>();
            function.apply(tensor(backend, array)).forEach((name, result) -> arrays.put(name, array(result)));
            return arrays;
        }
    }

    // ---- how it is done

    /** The values in row-major order: the array's own buffer where they lie so, else a copy. */
    private static Buffer values(INDArray array, ElementFormat format, int elements) {
        ArrayMemory memory = ArrayMemory.of(array, format);
        StridedLayout layout = StridedLayout.of(array.shape(), array.stride());
        if (format.isTensorFormat() && layout.isContiguous() && elements <= memory.mostCells()) {
            return typed(memory.window(0, elements), format);
        }
        return switch (format.tensorType()) {
            case FLOAT32 -> {
                float[] values = new float[elements];
                copy(layout, memory, window -> format.reader(window, values));
                yield FloatBuffer.wrap(values);
            }
            case FLOAT64 -> {
                double[] values = new double[elements];
                copy(layout, memory, window -> ElementFormat.reader(window, values));
                yield DoubleBuffer.wrap(values);
            }
            default -> {
                long[] values = new long[elements];
                copy(layout, memory, window -> format.reader(window, values));
                yield LongBuffer.wrap(values);
            }
        };
    }

    private static void scatter(Tensor tensor, ElementFormat format, StridedLayout layout, ArrayMemory memory) {
        switch (format.tensorType()) {
            case FLOAT32 -> {
                float[] values = tensor.toFloats();
                copy(layout, memory, window -> ElementFormat.writer(values, window));
            }
            case FLOAT64 -> {
                double[] values = tensor.toDoubles();
                copy(layout, memory, window -> ElementFormat.writer(values, window));
            }
            default -> {
                long[] values = tensor.toLongs();
                copy(layout, memory, window -> ElementFormat.writer(values, window));
            }
        }
    }

    private static void copy(StridedLayout layout, ArrayMemory memory, Function<ByteBuffer, RowCopy> rows) {
        layout.pieces(
                memory.mostCells(), piece -> piece.copy(rows.apply(memory.window(piece.firstCell(), piece.cells()))));
    }

    private static Buffer typed(ByteBuffer window, ElementFormat format) {
        return switch (format.tensorType()) {
            case FLOAT32 -> window.asFloatBuffer();
            case FLOAT64 -> window.asDoubleBuffer();
            default -> window.asLongBuffer();
        };
    }

    private static Buffer emptyBuffer(ElementType type) {
        return switch (type) {
            case FLOAT32 -> FloatBuffer.allocate(0);
            case FLOAT64 -> DoubleBuffer.allocate(0);
            default -> LongBuffer.allocate(0);
        };
    }

    private static ElementFormat format(INDArray array) {
        if (array.wasClosed()) {
            throw new BackendException("the array was closed");
        }
        @Nullable ElementFormat format = ElementFormat.of(array.dataType());
        if (format == null) {
            throw new BackendException("an array of " + describe(array)
                    + " cannot become a tensor, expected floating-point numbers, integers of at most 64 bits with sign"
                    + " or 32 without, or BOOL: convert it with castTo");
        }
        return format;
    }

    private static Shape shape(INDArray array) {
        return array.isEmpty() && array.rank() == 0 ? Shape.of(0) : Shape.of(array.shape());
    }

    private static String describe(INDArray array) {
        return shape(array) + " " + array.dataType();
    }
}
