package org.impasto.nd4j;

import java.util.Arrays;
import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.testing.ReferenceBackend;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A program whose signatures mention arrays but that makes none; started with nd4j-api as ND4J's only jar. */
final class WithoutNd4jBackendMain {
    private WithoutNd4jBackendMain() {}

    static INDArray doubled(Backend backend, INDArray array) {
        return NdArrays.map(backend, x -> x.affine(2, 0), array);
    }

    public static void main(String[] arguments) {
        Backend backend = new ReferenceBackend();
        Tensor tensor = Tensor.of(backend, Shape.of(3), 1, 2, 3);
        System.out.println(Arrays.toString(tensor.affine(2, 0).toFloats()));
        Function<INDArray, INDArray> unused = array -> doubled(backend, array);
        System.out.println(unused.hashCode() != 0);
        for (int i = 0; i < 2; i++) {
            try {
                NdArrays.array(tensor);
            } catch (BackendException expected) {
                System.out.println(expected.getMessage());
            }
        }
    }
}
