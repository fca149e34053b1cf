package org.impasto.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Backends;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.impasto.testing.ReferenceBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

@NeedsNd4jNatives
class NdArraysTest {
    private static final double UNTOUCHED = -77;

    private static final List<Backend> BACKENDS = List.of(new ReferenceBackend(), Backends.standard());

    private final Backend backend = BACKENDS.get(0);

    static Stream<ViewCase> views() {
        return ViewCase.all();
    }

    // ---- array to tensor

    @ParameterizedTest
    @MethodSource("views")
    void readsEveryViewOfEveryType(ViewCase view) {
        for (ElementFormat format : ElementFormat.values()) {
            DataType type = DataType.valueOf(format.dataTypeName());
            ViewCase.Made made = view.make(type);
            INDArray array = made.array();
            assertThat(array.shape()).as("shape of the view").isEqualTo(view.shape());
            fill(made.owner(), type);

            double[] expected = ViewCase.indices(view.shape()).stream()
                    .mapToDouble(index -> ViewCase.element(array, index))
                    .toArray();
            for (Backend backend : BACKENDS) {
                Tensor tensor = NdArrays.tensor(backend, array);
                assertThat(tensor.spec()).isEqualTo(new Spec(Shape.of(view.shape()), format.tensorType()));
                assertThat(tensor.to(ElementType.FLOAT64).toDoubles())
                        .as("%s of %s, strides %s, %s", view, type, Arrays.toString(array.stride()), backend.describe())
                        .isEqualTo(expected);
            }
            if (expected.length > 1 && type != DataType.BOOL && view.view() == ViewCase.View.FULL) {
                assertThat(expected[0])
                        .as("values differ, so that a wrong place shows")
                        .isNotEqualTo(expected[1]);
            }
        }
    }

    @Test
    void readsTheWholeRangeOfEachType() {
        assertThat(NdArrays.tensor(backend, Nd4j.createFromArray(Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53 | 1))
                        .toLongs())
                .containsExactly(Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53 | 1);
        assertThat(NdArrays.tensor(backend, Nd4j.createFromArray(Integer.MIN_VALUE, Integer.MAX_VALUE))
                        .toLongs())
                .containsExactly(Integer.MIN_VALUE, Integer.MAX_VALUE);
        assertThat(NdArrays.tensor(backend, Nd4j.createFromArray(Short.MIN_VALUE, Short.MAX_VALUE))
                        .toLongs())
                .containsExactly(Short.MIN_VALUE, Short.MAX_VALUE);
        assertThat(NdArrays.tensor(backend, Nd4j.createFromArray(Byte.MIN_VALUE, Byte.MAX_VALUE))
                        .toLongs())
                .containsExactly(Byte.MIN_VALUE, Byte.MAX_VALUE);
        assertThat(NdArrays.tensor(backend, Nd4j.createFromArray(0, 255).castTo(DataType.UINT8))
                        .toLongs())
                .containsExactly(0, 255);
        assertThat(NdArrays.tensor(backend, Nd4j.createFromArray(0, 65535).castTo(DataType.UINT16))
                        .toLongs())
                .containsExactly(0, 65535);
        assertThat(NdArrays.tensor(
                                backend, Nd4j.createFromArray(0L, 4294967295L).castTo(DataType.UINT32))
                        .toLongs())
                .containsExactly(0, 4294967295L);
        assertThat(NdArrays.tensor(backend, Nd4j.createFromArray(true, false, true))
                        .toLongs())
                .containsExactly(1, 0, 1);
        float[] floats = {Float.MIN_VALUE, -0f, Float.MAX_VALUE, Float.NEGATIVE_INFINITY, Float.NaN};
        assertThat(NdArrays.tensor(backend, Nd4j.createFromArray(floats)).toFloats())
                .isEqualTo(floats);
        double[] doubles = {Double.MIN_VALUE, -0d, Double.MAX_VALUE, Double.POSITIVE_INFINITY, Double.NaN};
        assertThat(NdArrays.tensor(backend, Nd4j.createFromArray(doubles)).toDoubles())
                .isEqualTo(doubles);
        float[] halves = {0x1p-24f, 65504, -1.5f, Float.POSITIVE_INFINITY};
        assertThat(NdArrays.tensor(backend, Nd4j.createFromArray(halves).castTo(DataType.FLOAT16))
                        .toFloats())
                .isEqualTo(halves);
        float[] truncated = {0x1p-126f, 0x1.fep127f, -1.5f, Float.NEGATIVE_INFINITY};
        assertThat(NdArrays.tensor(backend, Nd4j.createFromArray(truncated).castTo(DataType.BFLOAT16))
                        .toFloats())
                .isEqualTo(truncated);
    }

    @Test
    void doesNotShareMemoryWithTheArray() {
        INDArray array = Nd4j.createFromArray(1f, 2f, 3f);
        Tensor tensor = NdArrays.tensor(backend, array);
        array.putScalar(0, 9);
        assertThat(tensor.toFloats()).containsExactly(1, 2, 3);
        INDArray out = NdArrays.array(tensor);
        out.putScalar(1, 9);
        assertThat(tensor.toFloats()).containsExactly(1, 2, 3);
    }

    @Test
    void readsLargeTransposedArrays() {
        // Larger than the tiles of the transposing copy, and no multiple of them.
        INDArray array = Nd4j.arange(3 * 67 * 101)
                .castTo(DataType.FLOAT)
                .reshape('c', 3, 67, 101)
                .permute(2, 0, 1);
        float[] expected = new float[3 * 67 * 101];
        for (int w = 0, i = 0; w < 101; w++) {
            for (int c = 0; c < 3; c++) {
                for (int h = 0; h < 67; h++, i++) {
                    expected[i] = (c * 67 + h) * 101 + w;
                }
            }
        }
        assertThat(NdArrays.tensor(backend, array).toFloats()).isEqualTo(expected);
    }

    // ---- tensor to array

    @ParameterizedTest
    @MethodSource("views")
    void writesIntoEveryView(ViewCase view) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.INT64)) {
            for (Backend backend : BACKENDS) {
                writesIntoTheView(view, type, backend);
            }
        }
    }

    private static void writesIntoTheView(ViewCase view, DataType type, Backend backend) {
        ViewCase.Made made = view.make(type);
        made.owner().assign(UNTOUCHED);
        Tensor tensor =
                counting(backend, Shape.of(view.shape()), ElementFormat.of(type).tensorType());
        if (view.view().isBroadcast()) {
            assertThatThrownBy(() -> NdArrays.into(tensor, made.array()))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("share cells");
            return;
        }

        assertThat(NdArrays.into(tensor, made.array())).isSameAs(made.array());

        double expected = 0;
        for (long[] index : ViewCase.indices(view.shape())) {
            assertThat(ViewCase.element(made.array(), index)).isEqualTo(expected++);
        }
        long untouched = ViewCase.indices(made.owner().shape()).stream()
                .filter(index -> ViewCase.element(made.owner(), index) == UNTOUCHED)
                .count();
        assertThat(untouched)
                .as("elements beside the view")
                .isEqualTo(made.owner().length() - made.array().length());
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"FLOAT32", "FLOAT64", "INT64"})
    void makesFreshArraysInCOrder(ElementType type) {
        for (int rank = 0; rank <= 5; rank++) {
            long[] shape = new ViewCase(rank, 'c', ViewCase.View.FULL).shape();
            INDArray array = NdArrays.array(counting(backend, Shape.of(shape), type));
            assertThat(array.dataType())
                    .isEqualTo(
                            switch (type) {
                                case FLOAT32 -> DataType.FLOAT;
                                case FLOAT64 -> DataType.DOUBLE;
                                default -> DataType.INT64;
                            });
            assertThat(array.shape()).isEqualTo(shape);
            assertThat(array.ordering()).isEqualTo('c');
            assertThat(array.offset()).isZero();
            assertThat(array.stride())
                    .isEqualTo(Nd4j.create(array.dataType(), shape, 'c').stride());
            double expected = 0;
            for (long[] index : ViewCase.indices(shape)) {
                assertThat(ViewCase.element(array, index)).isEqualTo(expected++);
            }
        }
    }

    @Test
    void convertsBetweenFloatingTypesInATarget() {
        INDArray doubles = Nd4j.create(DataType.DOUBLE, 2, 3).transpose();
        NdArrays.into(Tensor.of(backend, Shape.of(3, 2), 0.1f, 2, 3, 4, 5, 6), doubles);
        assertThat(doubles.getDouble(0, 0)).isEqualTo((double) 0.1f);
        assertThat(doubles.getDouble(2, 1)).isEqualTo(6);
        INDArray floats = Nd4j.create(DataType.FLOAT, 3);
        NdArrays.into(Tensor.ofDoubles(backend, Shape.of(3), 0.1, 2, 3), floats);
        assertThat(floats.toFloatVector()).containsExactly(0.1f, 2, 3);
    }

    // ---- edges

    @Test
    void carriesEmptyArrays() {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.INT64, DataType.FLOAT16)) {
            Tensor tensor = NdArrays.tensor(backend, Nd4j.create(type, 2, 0, 3));
            assertThat(tensor.shape()).isEqualTo(Shape.of(2, 0, 3));
            assertThat(NdArrays.array(tensor).shape()).containsExactly(2, 0, 3);
            assertThat(NdArrays.array(tensor).isEmpty()).isTrue();
        }
        assertThat(NdArrays.tensor(backend, Nd4j.empty(DataType.FLOAT)).shape()).isEqualTo(Shape.of(0));
        INDArray target = Nd4j.create(DataType.FLOAT, 0, 3);
        assertThat(NdArrays.into(Tensor.of(backend, Shape.of(0, 3)), target)).isSameAs(target);
    }

    @Test
    void refusesWhatDoesNotCross() {
        assertThatThrownBy(() -> NdArrays.tensor(backend, Nd4j.create("text")))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("UTF8");
        assertThatThrownBy(() -> NdArrays.tensor(backend, Nd4j.create(DataType.UINT64, 2)))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("2 UINT64")
                .hasMessageContaining("castTo");
        Tensor floats = Tensor.of(backend, Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
        assertThatThrownBy(() -> NdArrays.into(floats, Nd4j.create(DataType.FLOAT, 3, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("3x2 FLOAT")
                .hasMessageContaining("expected one of shape 2x3");
        for (DataType type : List.of(DataType.FLOAT16, DataType.INT64, DataType.INT32, DataType.BOOL)) {
            assertThatThrownBy(() -> NdArrays.into(floats, Nd4j.create(type, 2, 3)))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("expected one of type FLOAT or DOUBLE");
        }
        Tensor longs = Tensor.ofLongs(backend, Shape.of(2), 1, 2);
        for (DataType type : List.of(DataType.FLOAT, DataType.INT32)) {
            assertThatThrownBy(() -> NdArrays.into(longs, Nd4j.create(type, 2)))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContaining("expected one of type INT64");
        }
    }

    @Test
    void refusesClosedArrays() {
        INDArray array = Nd4j.create(DataType.FLOAT, 2, 2);
        array.close();
        assertThatThrownBy(() -> NdArrays.tensor(backend, array))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("closed");
        Tensor tensor = Tensor.of(backend, Shape.of(2, 2), 1, 2, 3, 4);
        assertThatThrownBy(() -> NdArrays.into(tensor, array))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void refusesMoreElementsThanAnArrayHoldsBeforeTakingMemory() {
        INDArray one = Nd4j.create(DataType.FLOAT, 1);
        INDArray huge = Nd4j.create(one.data(), new long[] {1L << 16, 1L << 15}, new long[] {0, 0}, 0, 'c');
        assertThatThrownBy(() -> NdArrays.tensor(backend, huge))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("65536x32768 FLOAT")
                .hasMessageContaining("slices");
    }

    @Test
    void keepsTheArrayAliveWhileItIsRead() {
        // Arrays that nothing else refers to: their memory is freed as soon as the collector finds them.
        for (int i = 0; i < 20; i++) {
            Tensor tensor = NdArrays.tensor(
                    backend, Nd4j.valueArrayOf(new long[] {300, 301}, (float) i).transpose());
            if (i % 5 == 0) {
                System.gc();
            }
            assertThat(tensor.toFloats()).containsOnly(i);
        }
    }

    @Test
    void readsViewsThatBeginFarInsideTheirBuffer() {
        INDArray owner = Nd4j.arange(1 << 20).castTo(DataType.FLOAT).reshape('c', 1 << 10, 1 << 10);
        INDArray row = owner.get(NDArrayIndex.point(1000), NDArrayIndex.interval(1000, 1024));
        assertThat(NdArrays.tensor(backend, row).toFloats()[23]).isEqualTo(1000 * 1024 + 1023);
    }

    private static void fill(INDArray owner, DataType type) {
        // Exact in every type: at most 8 bits, of both signs where the type has one.
        int i = 0;
        for (long[] index : ViewCase.indices(owner.shape())) {
            int value = i++ % 113;
            switch (type) {
                case BOOL -> value = i % 3 == 0 ? 1 : 0;
                case UINT16, UINT32, UBYTE -> value += 100;
                default -> value -= 50;
            }
            if (index.length == 0) {
                owner.putScalar(0, value);
            } else {
                owner.putScalar(index, value);
            }
        }
    }

    private static Tensor counting(Backend backend, Shape shape, ElementType type) {
        float[] values = new float[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return Tensor.of(backend, shape, values).to(type);
    }
}
