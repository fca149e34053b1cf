package org.impasto.kernels;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Operation;
import org.impasto.core.Selection;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.statistics.LargestPlaces;

/** Places of largest elements, and layers moved by their places. */
final class SelectionKernels {
    private static final int NUMBERS_PER_PIECE = 1 << 15;

    private SelectionKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(Selection.ArgMaximum.class, SelectionKernels::argMaximum);
        registry.add(
                Selection.IndexSelect.class,
                (o, inputs, outputs, call) -> List.of(select(o, inputs.get(0), inputs.get(1), outputs.get(0), call)));
        registry.add(
                Selection.IndexAdd.class,
                (o, inputs, outputs, call) -> List.of(add(o, inputs.get(0), inputs.get(1), outputs.get(0), call)));
    }

    private static CpuArray argMaximum(Selection.ArgMaximum operation, CpuArray x, Spec output, KernelCall call) {
        CpuArray y = call.plain(output);
        if (x.isBlocked() && operation.axis() == 1) {
            LargestPlaces.ofChannels(
                    x.floats(),
                    x.size(0),
                    x.size(1),
                    BlockedLayout.BLOCK,
                    KernelCall.pixels(x),
                    y.longs(),
                    call.workers(),
                    call.run());
            return y;
        }
        CpuArray from = call.asPlain(x);
        int outer = product(x.shape(), 0, operation.axis());
        int size = x.size(operation.axis());
        int inner = product(x.shape(), operation.axis() + 1, x.shape().rank());
        if (x.spec().type() == ElementType.FLOAT32) {
            LargestPlaces.of(from.floats(), outer, size, inner, y.longs(), call.workers(), call.run());
        } else {
            LargestPlaces.of(from.doubles(), outer, size, inner, y.longs(), call.workers(), call.run());
        }
        return y;
    }

    private static CpuArray select(
            Selection.IndexSelect operation, CpuArray x, CpuArray indices, Spec output, KernelCall call) {
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        int inner = product(x.shape(), operation.axis() + 1, x.shape().rank());
        int size = x.size(operation.axis());
        int[] places = places(operation, indices, size);
        int layers = product(x.shape(), 0, operation.axis()) * places.length;
        int layersPerPiece = Math.max(1, NUMBERS_PER_PIECE / Math.max(1, inner));
        call.workers().run(ceiling(layers, layersPerPiece), call.run(), (piece, worker) -> {
            int first = piece * layersPerPiece;
            int end = Math.min(layers, first + layersPerPiece);
            if (inner == 1) {
                pick(from.values(), to.values(), size, places, first, end);
                return;
            }
            for (int layer = first; layer < end; layer++) {
                int source = layer / places.length * size + places[layer % places.length];
                System.arraycopy(from.values(), source * inner, to.values(), layer * inner, inner);
            }
        });
        return to;
    }

    /** Single numbers along the last axis: as layers they would each be a call. */
    private static void pick(Object from, Object to, int size, int[] places, int first, int end) {
        for (int i = first; i < end; i++) {
            int source = i / places.length * size + places[i % places.length];
            if (from instanceof float[] floats) {
                ((float[]) to)[i] = floats[source];
            } else if (from instanceof double[] doubles) {
                ((double[]) to)[i] = doubles[source];
            } else {
                ((long[]) to)[i] = ((long[]) from)[source];
            }
        }
    }

    private static CpuArray add(
            Selection.IndexAdd operation, CpuArray x, CpuArray indices, Spec output, KernelCall call) {
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        int inner = product(x.shape(), operation.axis() + 1, x.shape().rank());
        int outer = product(x.shape(), 0, operation.axis());
        int size = Math.toIntExact(operation.size());
        int[] places = places(operation, indices, size);
        boolean floats = x.spec().type() == ElementType.FLOAT32;
        // Pieces are runs inside the layers, so that each number is added up by one thread, in the order of the layers.
        int run = Math.min(Math.max(1, inner), NUMBERS_PER_PIECE);
        int runs = ceiling(inner, run);
        call.workers().run(outer * runs, call.run(), (piece, worker) -> {
            int block = piece / runs;
            int column = piece % runs * run;
            int length = Math.min(run, inner - column);
            for (int layer = 0; layer < size; layer++) {
                int start = (block * size + layer) * inner + column;
                if (floats) {
                    Arrays.fill(to.floats(), start, start + length, 0f);
                } else {
                    Arrays.fill(to.doubles(), start, start + length, 0);
                }
            }
            for (int i = 0; i < places.length; i++) {
                int source = (block * places.length + i) * inner + column;
                int target = (block * size + places[i]) * inner + column;
                if (floats) {
                    addRun(from.floats(), source, to.floats(), target, length);
                } else {
                    addRun(from.doubles(), source, to.doubles(), target, length);
                }
            }
        });
        return to;
    }

    private static void addRun(float[] from, int source, float[] to, int target, int length) {
        for (int j = 0; j < length; j++) {
            to[target + j] += from[source + j];
        }
    }

    private static void addRun(double[] from, int source, double[] to, int target, int length) {
        for (int j = 0; j < length; j++) {
            to[target + j] += from[source + j];
        }
    }

    private static int[] places(Operation operation, CpuArray indices, int size) {
        int[] places = new int[indices.elements()];
        for (int i = 0; i < places.length; i++) {
            places[i] = Selection.place(operation, indices.longs()[i], size);
        }
        return places;
    }

    private static int product(Shape shape, int fromAxis, int toAxis) {
        int product = 1;
        for (int axis = fromAxis; axis < toAxis; axis++) {
            product *= shape.intSize(axis);
        }
        return product;
    }

    private static int ceiling(int size, int step) {
        return (int) (((long) size + step - 1) / step);
    }
}
