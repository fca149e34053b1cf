package org.impasto.core.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.WeightException;
import org.jspecify.annotations.Nullable;

/**
 * Where a tensor lies in a source: from byte {@code start} of it, in row-major order, or {@code strides} elements apart.
 */
final class StoredTensor {
    /** As many axes as PyTorch and NumPy allow. */
    static final int MAX_RANK = 64;
    /** Elements that an expanded tensor (stride 0) may have more than its storage. */
    static final long MAX_EXPANDED = 1 << 20;

    private static final int CHUNK = 256 * 1024;
    private static final int SEGMENT_BITS = 30;

    private final ByteSource source;
    private final Spec spec;
    private final long start;
    private final long @Nullable [] strides;

    private StoredTensor(ByteSource source, Spec spec, long start, long @Nullable [] strides) {
        this.source = source;
        this.spec = spec;
        this.start = start;
        this.strides = strides;
    }

    /** A tensor in row-major order; the caller has checked that the source holds it. */
    static StoredTensor rowMajor(ByteSource source, Spec spec, long start) {
        return new StoredTensor(source, spec, start, null);
    }

    /**
     * A tensor in a storage of {@code storageElements}, from element {@code offset} on; all of it is checked.
     *
     * @param where what messages begin with
     */
    static StoredTensor strided(
            ByteSource source,
            String where,
            ElementType type,
            long[] sizes,
            long[] strides,
            long offset,
            long storageStart,
            long storageElements) {
        Spec spec = spec(where, type, sizes);
        if (strides.length != sizes.length) {
            throw new WeightException(where + ": " + sizes.length + " sizes but " + strides.length + " strides");
        }
        if (offset < 0 || offset > storageElements) {
            throw new WeightException(
                    where + ": begins at element " + offset + " of a storage of " + storageElements + " elements");
        }
        long elements = spec.shape().elements();
        long begin = storageStart + offset * type.bytes();
        if (elements == 0) {
            return rowMajor(source, spec, begin);
        }
        long last = offset;
        boolean dense = true;
        long step = 1;
        try {
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                if (strides[axis] < 0) {
                    throw new WeightException(
                            where + ": stride of axis " + axis + " is " + strides[axis] + ", expected 0 or more");
                }
                last = Math.addExact(last, Math.multiplyExact(sizes[axis] - 1, strides[axis]));
                dense &= sizes[axis] == 1 || strides[axis] == step;
                step *= sizes[axis];
            }
        } catch (ArithmeticException overflow) {
            last = Long.MAX_VALUE;
        }
        if (last >= storageElements) {
            throw new WeightException(where + ": reaches beyond its storage of " + storageElements
                    + " elements; sizes " + spec.shape() + ", strides " + java.util.Arrays.toString(strides)
                    + ", first element " + offset);
        }
        if (elements > storageElements && elements - storageElements > MAX_EXPANDED) {
            throw new WeightException(where + ": repeats a storage of " + storageElements + " elements to " + elements
                    + " elements; save a contiguous copy");
        }
        return new StoredTensor(source, spec, begin, dense ? null : strides.clone());
    }

    /** A checked spec of sizes that a file states. */
    static Spec spec(String where, ElementType type, long[] sizes) {
        if (sizes.length > MAX_RANK) {
            throw new WeightException(where + ": " + sizes.length + " axes, expected at most " + MAX_RANK);
        }
        long elements = 1;
        boolean empty = false;
        boolean overflow = false;
        for (int axis = 0; axis < sizes.length; axis++) {
            if (sizes[axis] < 0) {
                throw new WeightException(
                        where + ": size of axis " + axis + " is " + sizes[axis] + ", expected 0 or more");
            }
            empty |= sizes[axis] == 0;
        }
        for (int axis = 0; axis < sizes.length && !empty; axis++) {
            overflow |= Math.multiplyHigh(elements, sizes[axis]) != 0 || elements * sizes[axis] < 0;
            elements *= sizes[axis];
        }
        if (overflow || !empty && elements > Long.MAX_VALUE / type.bytes()) {
            throw new WeightException(where + ": sizes " + java.util.Arrays.toString(sizes) + " of " + type
                    + " need more than 2^63-1 bytes");
        }
        return new Spec(Shape.of(sizes), type);
    }

    Spec spec() {
        return spec;
    }

    /** Takes elements from {@code first} on, {@code count} of them, in row-major order and pieces of whole elements. */
    void forEachChunk(long first, long count, java.util.function.Consumer<ByteBuffer> consumer) {
        int size = spec.type().bytes();
        int capacity = (int) Math.min(CHUNK, count * size);
        // A direct buffer spares a copy, which pays off only for larger tensors.
        ByteBuffer chunk = capacity < CHUNK ? ByteBuffer.allocate(capacity) : ByteBuffer.allocateDirect(capacity);
        chunk.order(ByteOrder.LITTLE_ENDIAN);
        Gather gather = strides == null ? null : new Gather(strides, first);
        for (long done = 0; done < count; ) {
            int elements = (int) Math.min(capacity / size, count - done);
            chunk.clear().limit(elements * size);
            if (gather == null) {
                source.read(start + (first + done) * size, chunk);
            } else {
                gather.fill(chunk);
            }
            chunk.flip();
            consumer.accept(chunk);
            done += elements;
        }
    }

    /** Walks the axes like an odometer and copies element by element from a mapped window. */
    private final class Gather {
        private final long[] strides;
        private final long[] coordinates;
        private final ByteBuffer[] segments;
        private long offset;

        Gather(long[] strides, long first) {
            this.strides = strides;
            Shape shape = spec.shape();
            coordinates = new long[strides.length];
            long rest = first;
            long last = 0;
            for (int axis = strides.length - 1; axis >= 0; axis--) {
                coordinates[axis] = rest % shape.size(axis);
                rest /= shape.size(axis);
                offset += coordinates[axis] * strides[axis];
                last += (shape.size(axis) - 1) * strides[axis];
            }
            long bytes = (last + 1) * spec.type().bytes();
            segments = new ByteBuffer[(int) ((bytes - 1 >>> SEGMENT_BITS) + 1)];
            for (int i = 0; i < segments.length; i++) {
                long from = (long) i << SEGMENT_BITS;
                segments[i] = source.view(start + from, (int) Math.min(1L << SEGMENT_BITS, bytes - from))
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
        }

        void fill(ByteBuffer chunk) {
            int size = spec.type().bytes();
            while (chunk.hasRemaining()) {
                long at = offset * size;
                ByteBuffer segment = segments[(int) (at >>> SEGMENT_BITS)];
                int index = (int) (at & (1 << SEGMENT_BITS) - 1);
                switch (size) {
                    case 8 -> chunk.putLong(segment.getLong(index));
                    case 4 -> chunk.putInt(segment.getInt(index));
                    case 2 -> chunk.putShort(segment.getShort(index));
                    default -> chunk.put(segment.get(index));
                }
                advance();
            }
        }

        private void advance() {
            Shape shape = spec.shape();
            for (int axis = strides.length - 1; axis >= 0; axis--) {
                offset += strides[axis];
                if (++coordinates[axis] < shape.size(axis)) {
                    return;
                }
                offset -= coordinates[axis] * strides[axis];
                coordinates[axis] = 0;
            }
        }
    }
}
