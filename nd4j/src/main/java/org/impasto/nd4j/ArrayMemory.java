package org.impasto.nd4j;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.impasto.core.BackendException;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The raw memory of an array that is not empty. Buffers from here are valid only while the array is reachable and not
 * closed: they do not hold it.
 */
final class ArrayMemory {
    private final BytePointer firstElement;
    private final int elementBytes;

    private ArrayMemory(BytePointer firstElement, int elementBytes) {
        this.firstElement = firstElement;
        this.elementBytes = elementBytes;
    }

    static ArrayMemory of(INDArray array, ElementFormat format) {
        // Where arrays live on a device, this brings the values to the host; elsewhere it does nothing.
        Nd4j.getAffinityManager().ensureLocation(array, Location.HOST);
        // The indexer is what getDouble reads through: it stands at the first element of a view, whereas
        // DataBuffer.pointer() stands at the start of the memory that the view is in.
        Pointer pointer = array.data().indexer().pointer();
        if (pointer == null || pointer.isNull()) {
            throw new BackendException("an array of " + array.dataType() + " " + Arrays.toString(array.shape())
                    + " has no memory on the host");
        }
        long start = pointer.position() * format.bytes();
        return new ArrayMemory(new BytePointer(pointer).position(0).getPointer(start), format.bytes());
    }

    /** The bytes of some neighbouring cells in native order; cells are counted from the first element. */
    ByteBuffer window(long firstCell, int cells) {
        long bytes = (long) cells * elementBytes;
        return firstElement
                .getPointer(firstCell * elementBytes)
                .capacity(bytes)
                .limit(bytes)
                .asByteBuffer();
    }

    /** Number of cells that a window can hold. */
    long mostCells() {
        return Integer.MAX_VALUE / elementBytes;
    }
}
