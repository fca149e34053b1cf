package org.impasto.kernels;

import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.Pooling;
import org.impasto.core.Pooling.Window;
import org.impasto.core.Selection;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.pooling.PlanarPooling;
import org.impasto.kernels.internal.pooling.PoolingGradient;
import org.impasto.kernels.internal.pooling.PoolingShape;

/** Windows of planes. */
final class PoolingKernels {
    private PoolingKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(Pooling.MaxPool2d.class, (pool, x, output, call) -> max(pool.window(), x, output, call));
        registry.addUnary(Pooling.AvgPool2d.class, PoolingKernels::average);
        registry.add(
                Pooling.MaxPool2dGradient.class,
                (pool, inputs, outputs, call) ->
                        List.of(maxGradient(pool.window(), inputs.get(0), inputs.get(1), outputs.get(0), call)));
        registry.addUnary(Pooling.AvgPool2dGradient.class, PoolingKernels::averageGradient);
        registry.add(
                Pooling.MaxPool2dWithIndices.class,
                (pool, inputs, outputs, call) -> maxWithIndices(pool.window(), inputs.get(0), outputs, call));
        registry.add(
                Pooling.AdaptiveMaxPool2d.class,
                (pool, inputs, outputs, call) -> adaptiveMax(inputs.get(0), outputs, call));
        registry.add(
                Pooling.MaxUnpool2d.class,
                (pool, inputs, outputs, call) ->
                        List.of(unpool(pool, inputs.get(0), inputs.get(1), outputs.get(0), call)));
        registry.add(
                Pooling.PickFromPlane.class,
                (pick, inputs, outputs, call) ->
                        List.of(pick(pick, inputs.get(0), inputs.get(1), outputs.get(0), call)));
    }

    /** Work on one plane of a picture. */
    @FunctionalInterface
    private interface PlaneWork {
        void compute(int plane);
    }

    private static void planes(CpuArray picture, KernelCall call, PlaneWork work) {
        call.workers().run(picture.size(0) * picture.size(1), call.run(), (plane, worker) -> work.compute(plane));
    }

    private static PoolingShape shape(Window window, CpuArray x) {
        return new PoolingShape(
                x.size(0),
                x.size(1),
                x.size(2),
                x.size(3),
                window.kernel(),
                window.kernel(),
                window.stride(),
                window.stride(),
                window.padding(),
                window.padding(),
                window.dilation(),
                window.dilation(),
                window.ceil());
    }

    private static CpuArray max(Window window, CpuArray x, Spec output, KernelCall call) {
        if (x.isBlocked()) {
            CpuArray to = call.blocked(output);
            org.impasto.kernels.internal.pooling.Pooling.max(
                    shape(window, x), x.floats(), to.floats(), call.workers(), call.run());
            return to;
        }
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        int height = to.size(2);
        int width = to.size(3);
        if (output.type() == ElementType.FLOAT32 && x.elements() > 0) {
            PlanarPooling.max(shape(window, x), from.floats(), to.floats(), call.workers(), call.run());
            return to;
        }
        planes(to, call, plane -> {
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    int winner = largest(window, from, plane, row, column);
                    int target = (plane * height + row) * width + column;
                    if (winner < 0) {
                        set(to, target, Double.NEGATIVE_INFINITY); // the window lies in the padding
                    } else {
                        move(from, winner, to, target);
                    }
                }
            }
        });
        return to;
    }

    /** Index of the first largest cell of a window; of the first NaN if there is one; -1 without cells. */
    private static int largest(Window window, CpuArray from, int plane, int row, int column) {
        int height = from.size(2);
        int width = from.size(3);
        int winner = -1;
        double best = 0;
        for (int i = 0; i < window.kernel(); i++) {
            int y = row * window.stride() - window.padding() + i * window.dilation();
            for (int j = 0; j < window.kernel(); j++) {
                int x = column * window.stride() - window.padding() + j * window.dilation();
                if (y >= 0 && y < height && x >= 0 && x < width) {
                    int cell = (plane * height + y) * width + x;
                    double value = get(from, cell);
                    if (winner < 0 || value > best || (Double.isNaN(value) && !Double.isNaN(best))) {
                        winner = cell;
                        best = value;
                    }
                }
            }
        }
        return winner;
    }

    private static List<CpuArray> maxWithIndices(Window window, CpuArray x, List<Spec> outputs, KernelCall call) {
        CpuArray indices = call.plain(outputs.get(1));
        if (x.isBlocked()) {
            CpuArray to = call.blocked(outputs.get(0));
            org.impasto.kernels.internal.pooling.Pooling.max(
                    shape(window, x), x.floats(), to.floats(), indices.longs(), call.workers(), call.run());
            return List.of(to, indices);
        }
        CpuArray to = call.plain(outputs.get(0));
        planes(to, call, plane -> {
            for (int row = 0; row < to.size(2); row++) {
                for (int column = 0; column < to.size(3); column++) {
                    int target = (plane * to.size(2) + row) * to.size(3) + column;
                    place(x, largest(window, x, plane, row, column), to, indices, target);
                }
            }
        });
        return List.of(to, indices);
    }

    private static void place(CpuArray from, int winner, CpuArray to, CpuArray indices, int target) {
        if (winner < 0) {
            set(to, target, Double.NEGATIVE_INFINITY); // the window lies in the padding
            indices.longs()[target] = -1;
        } else {
            move(from, winner, to, target);
            indices.longs()[target] = winner % KernelCall.pixels(from);
        }
    }

    private static List<CpuArray> adaptiveMax(CpuArray x, List<Spec> outputs, KernelCall call) {
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(outputs.get(0));
        CpuArray indices = call.plain(outputs.get(1));
        int height = to.size(2);
        int width = to.size(3);
        planes(to, call, plane -> {
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    int winner = -1;
                    double best = 0;
                    for (int y = begin(row, x.size(2), height); y < end(row, x.size(2), height); y++) {
                        for (int i = begin(column, x.size(3), width); i < end(column, x.size(3), width); i++) {
                            int cell = (plane * x.size(2) + y) * x.size(3) + i;
                            double value = get(from, cell);
                            if (winner < 0 || value > best || (Double.isNaN(value) && !Double.isNaN(best))) {
                                winner = cell;
                                best = value;
                            }
                        }
                    }
                    place(from, winner, to, indices, (plane * height + row) * width + column);
                }
            }
        });
        return List.of(to, indices);
    }

    private static int begin(int window, int size, int windows) {
        return (int) ((long) window * size / windows);
    }

    private static int end(int window, int size, int windows) {
        return (int) (((window + 1L) * size + windows - 1) / windows);
    }

    private static CpuArray unpool(
            Pooling.MaxUnpool2d unpool, CpuArray values, CpuArray indices, Spec output, KernelCall call) {
        CpuArray from = call.asPlain(values);
        CpuArray to = call.plain(output);
        int plane = KernelCall.pixels(to);
        int count = KernelCall.pixels(values);
        planes(to, call, image -> {
            PaddingKernels.fill(to.values(), image * plane, (image + 1) * plane, 0);
            for (int i = image * count; i < (image + 1) * count; i++) {
                long index = indices.longs()[i];
                if (index != -1) {
                    add(to, image * plane + Selection.place(unpool, index, plane), get(from, i));
                }
            }
        });
        return to;
    }

    private static CpuArray pick(
            Pooling.PickFromPlane pick, CpuArray picture, CpuArray indices, Spec output, KernelCall call) {
        CpuArray from = call.asPlain(picture);
        CpuArray to = call.plain(output);
        int plane = KernelCall.pixels(picture);
        int count = KernelCall.pixels(to);
        planes(to, call, image -> {
            for (int i = image * count; i < (image + 1) * count; i++) {
                long index = indices.longs()[i];
                if (index == -1) {
                    set(to, i, 0);
                } else {
                    move(from, image * plane + Selection.place(pick, index, plane), to, i);
                }
            }
        });
        return to;
    }

    private static CpuArray maxGradient(Window window, CpuArray x, CpuArray gradient, Spec output, KernelCall call) {
        if (x.isBlocked()) {
            CpuArray to = call.blocked(output);
            PoolingGradient.max(
                    shape(window, x),
                    x.floats(),
                    call.asBlocked(gradient).floats(),
                    to.floats(),
                    call.workers(),
                    call.run());
            return to;
        }
        CpuArray from = x;
        CpuArray g = call.asPlain(gradient);
        CpuArray to = call.plain(output);
        int plane = KernelCall.pixels(to);
        planes(to, call, image -> {
            PaddingKernels.fill(to.values(), image * plane, (image + 1) * plane, 0);
            for (int row = 0; row < g.size(2); row++) {
                for (int column = 0; column < g.size(3); column++) {
                    int winner = largest(window, from, image, row, column);
                    if (winner >= 0) {
                        add(to, winner, get(g, (image * g.size(2) + row) * g.size(3) + column));
                    }
                }
            }
        });
        return to;
    }

    private static CpuArray average(Pooling.AvgPool2d pool, CpuArray x, Spec output, KernelCall call) {
        if (x.isBlocked()) {
            CpuArray to = call.blocked(output);
            org.impasto.kernels.internal.pooling.Pooling.average(
                    shape(pool.window(), x), pool.countPadding(), x.floats(), to.floats(), call.workers(), call.run());
            return to;
        }
        CpuArray from = call.asPlain(x);
        CpuArray to = call.plain(output);
        planes(to, call, plane -> {
            for (int row = 0; row < to.size(2); row++) {
                for (int column = 0; column < to.size(3); column++) {
                    Cells cells = Cells.of(pool.window(), pool.countPadding(), from, row, column);
                    double sum = 0;
                    for (int y = cells.top; y < cells.bottom; y++) {
                        for (int xx = cells.left; xx < cells.right; xx++) {
                            sum += get(from, (plane * from.size(2) + y) * from.size(3) + xx);
                        }
                    }
                    set(to, (plane * to.size(2) + row) * to.size(3) + column, sum / cells.divisor);
                }
            }
        });
        return to;
    }

    private static CpuArray averageGradient(
            Pooling.AvgPool2dGradient pool, CpuArray gradient, Spec output, KernelCall call) {
        if (gradient.isBlocked()) {
            CpuArray to = call.blocked(output);
            PoolingGradient.average(
                    shape(pool.window(), to),
                    pool.countPadding(),
                    gradient.floats(),
                    to.floats(),
                    call.workers(),
                    call.run());
            return to;
        }
        CpuArray g = gradient;
        CpuArray to = call.plain(output);
        int plane = KernelCall.pixels(to);
        planes(to, call, image -> {
            PaddingKernels.fill(to.values(), image * plane, (image + 1) * plane, 0);
            for (int row = 0; row < g.size(2); row++) {
                for (int column = 0; column < g.size(3); column++) {
                    Cells cells = Cells.of(pool.window(), pool.countPadding(), to, row, column);
                    double share = get(g, (image * g.size(2) + row) * g.size(3) + column) / cells.divisor;
                    for (int y = cells.top; y < cells.bottom; y++) {
                        for (int x = cells.left; x < cells.right; x++) {
                            add(to, (image * to.size(2) + y) * to.size(3) + x, share);
                        }
                    }
                }
            }
        });
        return to;
    }

    /** The cells of a picture that an averaging window covers, and what its sum is divided by. */
    private record Cells(int top, int bottom, int left, int right, int divisor) {
        static Cells of(Window window, boolean countPadding, CpuArray picture, int row, int column) {
            int top = row * window.stride() - window.padding();
            int left = column * window.stride() - window.padding();
            int bottom = Math.min(top + window.kernel(), picture.size(2) + window.padding());
            int right = Math.min(left + window.kernel(), picture.size(3) + window.padding());
            int counted = (bottom - top) * (right - left);
            top = Math.max(top, 0);
            left = Math.max(left, 0);
            bottom = Math.min(bottom, picture.size(2));
            right = Math.min(right, picture.size(3));
            return new Cells(top, bottom, left, right, countPadding ? counted : (bottom - top) * (right - left));
        }
    }

    private static double get(CpuArray array, int index) {
        return array.spec().type() == ElementType.FLOAT32 ? array.floats()[index] : array.doubles()[index];
    }

    private static void set(CpuArray array, int index, double value) {
        if (array.spec().type() == ElementType.FLOAT32) {
            array.floats()[index] = (float) value;
        } else {
            array.doubles()[index] = value;
        }
    }

    private static void add(CpuArray array, int index, double value) {
        set(array, index, get(array, index) + value);
    }

    private static void move(CpuArray from, int source, CpuArray to, int target) {
        System.arraycopy(from.values(), source, to.values(), target, 1);
    }
}
