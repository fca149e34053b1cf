package org.impasto.kernels;

import java.util.Arrays;
import org.impasto.core.Edges;
import org.impasto.core.ElementType;
import org.impasto.core.Padding;
import org.impasto.core.PaddingMode;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.layout.BlockedLayout;

/** Edges added and folded back, plane by plane. */
final class PaddingKernels {
    private static final int FOLDED_ROWS = 32; // of a piece

    private PaddingKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(
                Padding.Pad.class,
                (pad, x, output, call) -> x.isBlocked() && onlyCuts(pad.edges())
                        ? cut(pad.edges(), x, call.blocked(output), call)
                        : pad(pad, x, call.plain(output), call));
        registry.addUnary(Padding.PadGradient.class, PaddingKernels::fold);
    }

    private static boolean onlyCuts(Edges edges) {
        return edges.left() <= 0 && edges.right() <= 0 && edges.top() <= 0 && edges.bottom() <= 0;
    }

    /** Part of a blocked map, as blocks. */
    private static CpuArray cut(Edges edges, CpuArray from, CpuArray to, KernelCall call) {
        int block = BlockedLayout.BLOCK;
        int height = to.size(2);
        int width = to.size(3);
        int planes = from.size(0) * BlockedLayout.blocks(from.size(1));
        call.workers().run(planes, call.run(), (plane, worker) -> {
            for (int row = 0; row < height; row++) {
                int source = (plane * from.size(2) + row - edges.top()) * from.size(3) - edges.left();
                System.arraycopy(
                        from.floats(),
                        source * block,
                        to.floats(),
                        (plane * height + row) * width * block,
                        width * block);
            }
        });
        return to;
    }

    /** The picture with edges added or cut, until the call ends. */
    static CpuArray padded(CpuArray x, Edges edges, PaddingMode mode, KernelCall call) {
        Shape shape = x.shape()
                .with(2, x.shape().size(2) + edges.top() + edges.bottom())
                .with(3, x.shape().size(3) + edges.left() + edges.right());
        return pad(
                new Padding.Pad(edges, mode, 0),
                x,
                call.temporary(new Spec(shape, x.spec().type())),
                call);
    }

    private static CpuArray pad(Padding.Pad pad, CpuArray x, CpuArray to, KernelCall call) {
        CpuArray from = call.asPlain(x);
        int height = to.size(2);
        int width = to.size(3);
        int[] rows =
                pad.mode().sources(x.size(2), pad.edges().top(), pad.edges().bottom(), height);
        int[] columns =
                pad.mode().sources(x.size(3), pad.edges().left(), pad.edges().right(), width);
        int plane = x.size(2) * x.size(3);
        Edges edges = pad.edges();
        int copiedFrom = Math.max(0, edges.left()); // cells of a row that lie inside the picture, in one run
        int copiedTo = Math.min(width, edges.left() + x.size(3));
        call.workers().run(to.size(0) * to.size(1), call.run(), (image, worker) -> {
            for (int row = 0; row < height; row++) {
                int target = (image * height + row) * width;
                if (rows[row] < 0) {
                    fill(to.values(), target, target + width, pad.value());
                    continue;
                }
                int source = image * plane + rows[row] * x.size(3);
                if (copiedTo > copiedFrom) {
                    System.arraycopy(
                            from.values(),
                            source + copiedFrom - edges.left(),
                            to.values(),
                            target + copiedFrom,
                            copiedTo - copiedFrom);
                }
                for (int column = 0; column < width; column++) {
                    if (column == copiedFrom && copiedTo > copiedFrom) {
                        column = copiedTo;
                        if (column >= width) {
                            break;
                        }
                    }
                    if (columns[column] < 0) {
                        fill(to.values(), target + column, target + column + 1, pad.value());
                    } else {
                        System.arraycopy(from.values(), source + columns[column], to.values(), target + column, 1);
                    }
                }
            }
        });
        return to;
    }

    static CpuArray fold(Padding.PadGradient pad, CpuArray gradient, Spec output, KernelCall call) {
        if (output.type() != ElementType.FLOAT32) {
            return foldDoubles(pad, call.asPlain(gradient), call.plain(output), call);
        }
        CpuArray to = call.like(gradient, output);
        int cell = gradient.isBlocked() ? BlockedLayout.BLOCK : 1;
        int planes = gradient.size(0) * (gradient.isBlocked() ? BlockedLayout.blocks(to.size(1)) : to.size(1));
        Edges edges = pad.edges();
        int height = to.size(2);
        int width = to.size(3);
        int paddedHeight = gradient.size(2);
        int paddedWidth = gradient.size(3);
        int[] rows = pad.mode().sources(height, edges.top(), edges.bottom(), paddedHeight);
        int[] columns = pad.mode().sources(width, edges.left(), edges.right(), paddedWidth);
        int copiedFrom = Math.max(0, edges.left()); // cells of a row that lie inside the picture, in one run
        int copiedTo = Math.max(copiedFrom, Math.min(paddedWidth, edges.left() + width));
        int before = Math.min(width, copiedFrom - edges.left()); // columns of the picture that are cut off at the left
        int[] firstCopy = new int[height]; // of each row among the padded ones, and the next copy of the same row
        int[] nextCopy = new int[paddedHeight];
        Arrays.fill(firstCopy, -1);
        for (int padded = paddedHeight - 1; padded >= 0; padded--) {
            if (rows[padded] >= 0) {
                nextCopy[padded] = firstCopy[rows[padded]];
                firstCopy[rows[padded]] = padded;
            }
        }
        float[] source = gradient.floats();
        float[] target = to.floats();
        int parts = (height + FOLDED_ROWS - 1) / FOLDED_ROWS;
        call.workers().run(planes * parts, call.run(), (piece, worker) -> {
            int plane = piece / parts;
            int end = Math.min(height, (piece % parts + 1) * FOLDED_ROWS);
            for (int row = piece % parts * FOLDED_ROWS; row < end; row++) {
                int at = (plane * height + row) * width * cell;
                boolean begun = false;
                for (int padded = firstCopy[row]; padded >= 0; padded = nextCopy[padded]) {
                    int from = (plane * paddedHeight + padded) * paddedWidth * cell;
                    int first = at + before * cell;
                    int length = (copiedTo - copiedFrom) * cell;
                    if (begun) {
                        add(source, from + copiedFrom * cell, target, first, length);
                    } else {
                        Arrays.fill(target, at, first, 0f);
                        if (length > 0) {
                            System.arraycopy(source, from + copiedFrom * cell, target, first, length);
                        }
                        Arrays.fill(target, first + length, at + width * cell, 0f);
                        begun = true;
                    }
                    for (int column = 0; column < paddedWidth; column++) {
                        if (column == copiedFrom && copiedTo > copiedFrom) {
                            column = copiedTo - 1; // copied above
                        } else if (columns[column] >= 0) {
                            add(source, from + column * cell, target, at + columns[column] * cell, cell);
                        }
                    }
                }
                if (!begun) {
                    Arrays.fill(target, at, at + width * cell, 0f);
                }
            }
        });
        return to;
    }

    private static void add(float[] from, int source, float[] to, int target, int count) {
        for (int i = 0; i < count; i++) {
            to[target + i] += from[source + i];
        }
    }

    private static CpuArray foldDoubles(Padding.PadGradient pad, CpuArray from, CpuArray to, KernelCall call) {
        int height = from.size(2);
        int width = from.size(3);
        int[] rows =
                pad.mode().sources(to.size(2), pad.edges().top(), pad.edges().bottom(), height);
        int[] columns =
                pad.mode().sources(to.size(3), pad.edges().left(), pad.edges().right(), width);
        int plane = to.size(2) * to.size(3);
        call.workers().run(to.size(0) * to.size(1), call.run(), (image, worker) -> {
            fill(to.values(), image * plane, (image + 1) * plane, 0);
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    if (rows[row] >= 0 && columns[column] >= 0) {
                        to.doubles()[image * plane + rows[row] * to.size(3) + columns[column]] +=
                                from.doubles()[(image * height + row) * width + column];
                    }
                }
            }
        });
        return to;
    }

    static void fill(Object array, int from, int to, double value) {
        if (array instanceof float[] floats) {
            Arrays.fill(floats, from, to, (float) value);
        } else {
            Arrays.fill((double[]) array, from, to, value);
        }
    }
}
