package org.impasto.nd4j;

import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.Operation;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What crossing costs, as a multiple of one {@code System.arraycopy} of the same size in the same run (the median of
 * pairs taken in turn). Not a test. Start it from the test class path:
 *
 * <pre>{@code
 * mvn -q -pl nd4j -am test-compile dependency:build-classpath -Dmdep.outputFile=/tmp/classpath
 * java -cp nd4j/target/test-classes:nd4j/target/classes:$(cat /tmp/classpath) org.impasto.nd4j.CopyCosts
 * }</pre>
 *
 * <p>The backend here only copies, into an array that is there already, so what is measured is the edge alone.
 */
final class CopyCosts {
    private static final int ROUNDS = 100;

    private CopyCosts() {}

    private static final class CopyingBackend implements Backend {
        private final float[] values;

        CopyingBackend(int elements) {
            values = new float[elements];
        }

        @Override
        public Storage create(Spec spec, Buffer from) {
            ((FloatBuffer) from).duplicate().get(values);
            return new Storage(spec) {
                @Override
                protected void free() {}
            };
        }

        @Override
        public void read(Storage storage, Buffer into) {
            ((FloatBuffer) into).duplicate().put(values);
        }

        @Override
        public List<Storage> run(Operation operation, List<Storage> inputs, List<Spec> outputs, Run run) {
            throw new UnsupportedOperationException(operation.name());
        }

        @Override
        public String describe() {
            return "copies";
        }
    }

    public static void main(String[] arguments) {
        for (long[] shape : new long[][] {{3, 512, 512}, {256, 128, 128}}) {
            int elements = (int) (shape[0] * shape[1] * shape[2]);
            CopyingBackend backend = new CopyingBackend(elements);
            float[] random = new float[elements];
            Random numbers = new Random(1);
            for (int i = 0; i < elements; i++) {
                random[i] = numbers.nextFloat();
            }
            float[] copy = new float[elements];
            Runnable plain = () -> System.arraycopy(random, 0, copy, 0, elements);
            Tensor tensor = Tensor.of(backend, Shape.of(shape), random);

            INDArray contiguous = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
            INDArray fortran = Nd4j.createUninitialized(DataType.FLOAT, shape, 'f');
            INDArray interval = Nd4j.createUninitialized(
                            DataType.FLOAT, new long[] {shape[0], shape[1] + 8, shape[2] + 8}, 'c')
                    .get(
                            NDArrayIndex.all(),
                            NDArrayIndex.interval(4, 4 + shape[1]),
                            NDArrayIndex.interval(4, 4 + shape[2]));
            INDArray channelsLast = Nd4j.createUninitialized(
                            DataType.FLOAT, new long[] {shape[1], shape[2], shape[0]}, 'c')
                    .permute(2, 0, 1);
            INDArray toChannelsLast =
                    Nd4j.createUninitialized(DataType.FLOAT, shape, 'c').permute(1, 2, 0);
            INDArray strided = Nd4j.createUninitialized(
                            DataType.FLOAT, new long[] {shape[0], shape[1], 2 * shape[2]}, 'c')
                    .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 2, 2 * shape[2]));
            INDArray[] arrays = {contiguous, interval, strided, channelsLast, toChannelsLast, fortran};
            String[] names = {
                "c order", "interval", "every second", "channels last to first", "channels first to last", "f order"
            };
            System.out.printf(Locale.ROOT, "%s: one arraycopy takes %.3f ms%n", Shape.of(shape), median(plain) / 1e6);
            for (int i = 0; i < arrays.length; i++) {
                INDArray array = arrays[i];
                Tensor result = Tensor.of(backend, Shape.of(array.shape()), random);
                print("in, " + names[i], ratio(plain, () -> {
                    try (Scope scope = Scope.open()) {
                        NdArrays.tensor(backend, array);
                    }
                }));
                print("into, " + names[i], ratio(plain, () -> NdArrays.into(result, array)));
            }
            print("out, fresh array", ratio(plain, () -> NdArrays.array(tensor).close()));
            print(
                    "for comparison: data().asFloat()",
                    ratio(plain, () -> contiguous.data().asFloat()));
            print(
                    "for comparison: Nd4j.create(float[])",
                    ratio(plain, () -> Nd4j.create(random, shape, 'c').close()));
            print(
                    "for comparison: dup('c') of f order",
                    ratio(plain, () -> fortran.dup('c').close()));
        }
    }

    private static void print(String name, double ratio) {
        System.out.printf(Locale.ROOT, "  %-40s %6.2f%n", name, ratio);
    }

    private static double ratio(Runnable plain, Runnable crossing) {
        double[] ratios = new double[ROUNDS];
        for (int round = 0; round < 2 * ROUNDS; round++) {
            double copied = nanoseconds(plain);
            ratios[round % ROUNDS] = nanoseconds(crossing) / copied;
        }
        Arrays.sort(ratios);
        return ratios[ROUNDS / 2];
    }

    private static double median(Runnable work) {
        double[] times = new double[ROUNDS];
        for (int round = 0; round < 2 * ROUNDS; round++) {
            times[round % ROUNDS] = nanoseconds(work);
        }
        Arrays.sort(times);
        return times[ROUNDS / 2];
    }

    private static double nanoseconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return System.nanoTime() - start;
    }
}
