package org.impasto.testing;

import org.impasto.core.Edges;
import org.impasto.core.Padding;
import org.impasto.core.PaddingMode;

/** Padding and its gradient. */
final class ReferencePadding {
    private ReferencePadding() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Padding.Pad.class, (o, in, out) -> {
            Values x = in.get(0);
            Values y = out.get(0);
            visit(o.edges(), o.mode(), x, y, (inside, padded) -> {
                y.doubles[padded] = inside < 0 ? o.value() : x.doubles[inside];
            });
        });
        registry.put(Padding.PadGradient.class, (o, in, out) -> {
            Values gradient = in.get(0);
            Values picture = out.get(0);
            visit(o.edges(), o.mode(), picture, gradient, (inside, padded) -> {
                if (inside >= 0) {
                    picture.doubles[inside] += gradient.doubles[padded];
                }
            });
        });
    }

    private interface Cell {
        /** {@code inside} is -1 for a cell that takes its value from nowhere. */
        void visit(int inside, int padded);
    }

    private static void visit(Edges edges, PaddingMode mode, Values picture, Values padded, Cell cell) {
        int height = picture.size(2);
        int width = picture.size(3);
        for (int plane = 0; plane < padded.size(0) * padded.size(1); plane++) {
            for (int row = 0; row < padded.size(2); row++) {
                int fromRow = mode.source(row - edges.top(), height);
                for (int column = 0; column < padded.size(3); column++) {
                    int fromColumn = mode.source(column - edges.left(), width);
                    int inside = fromRow < 0 || fromColumn < 0 ? -1 : (plane * height + fromRow) * width + fromColumn;
                    cell.visit(inside, (plane * padded.size(2) + row) * padded.size(3) + column);
                }
            }
        }
    }
}
