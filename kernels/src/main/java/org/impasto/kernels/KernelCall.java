package org.impasto.kernels;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Run;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.kernels.CpuArray.Layout;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.Workers;

/** One call of a kernel: where it gets arrays and threads, and the conversions of its operands, which end with it. */
final class KernelCall implements AutoCloseable {
    private final ArrayPool pool;
    private final Workers workers;
    private final ConvolutionSettings convolution;
    private final Run run;
    private final List<CpuArray> temporaries = new ArrayList<>();

    KernelCall(ArrayPool pool, Workers workers, ConvolutionSettings convolution, Run run) {
        this.pool = pool;
        this.workers = workers;
        this.convolution = convolution;
        this.run = run;
    }

    Workers workers() {
        return workers;
    }

    Run run() {
        return run;
    }

    ConvolutionSettings convolution() {
        return convolution;
    }

    /** A new plain array, its values undefined. */
    CpuArray plain(Spec spec) {
        return new CpuArray(spec, pool.take(spec.type(), spec.shape().elements()), Layout.PLAIN);
    }

    /** A new blocked array for a float32 feature map, its values undefined. */
    CpuArray blocked(Spec spec) {
        return new CpuArray(spec, pool.take(ElementType.FLOAT32, blockedLength(spec.shape())), Layout.BLOCKED);
    }

    /** A new array with the layout of another one. */
    CpuArray like(CpuArray other, Spec spec) {
        return other.isBlocked() ? blocked(spec) : plain(spec);
    }

    private static long blockedLength(Shape shape) {
        long blocks = (shape.size(1) + BlockedLayout.BLOCK - 1) / BlockedLayout.BLOCK;
        return shape.size(0) * blocks * BlockedLayout.BLOCK * shape.size(2) * shape.size(3);
    }

    /** A plain array that lives until the call ends. */
    CpuArray temporary(Spec spec) {
        CpuArray array = plain(spec);
        temporaries.add(array);
        return array;
    }

    /** Lets an array that was to be a result end with the call instead. */
    void release(CpuArray array) {
        temporaries.add(array);
    }

    /** The operand row-major: itself, or a conversion that lives until the call ends. */
    CpuArray asPlain(CpuArray operand) {
        if (!operand.isBlocked()) {
            return operand;
        }
        CpuArray converted = temporary(operand.spec());
        toPlain(operand, converted);
        return converted;
    }

    /** Copies a blocked feature map into a plain array. */
    void toPlain(CpuArray blocked, CpuArray plain) {
        BlockedLayout.toPlanar(
                blocked.floats(), plain.floats(), blocked.size(0), blocked.size(1), pixels(blocked), workers, run);
    }

    /** The float32 feature map in blocks: itself, or a conversion that lives until the call ends. */
    CpuArray asBlocked(CpuArray operand) {
        if (operand.isBlocked()) {
            return operand;
        }
        CpuArray converted = blocked(operand.spec());
        temporaries.add(converted);
        BlockedLayout.toBlocked(
                operand.floats(), converted.floats(), operand.size(0), operand.size(1), pixels(operand), workers, run);
        return converted;
    }

    static int pixels(CpuArray picture) {
        return Math.toIntExact(picture.shape().size(2) * picture.shape().size(3));
    }

    /** Gives the conversions back. */
    @Override
    public void close() {
        temporaries.forEach(array -> pool.giveBack(array.spec().type(), array.values()));
    }
}
