package org.impasto.nn.style;

import java.util.stream.IntStream;
import org.impasto.core.Run;

/** Cuts a picture into pieces of whole rows that threads work on. The cut depends on the height alone. */
final class RowPieces {
    private static final int ROWS = 128;

    /** Works on rows {@code from} to {@code to} (exclusive). */
    interface Work {
        void piece(int index, int from, int to);
    }

    private RowPieces() {}

    static int count(int height) {
        return (height + ROWS - 1) / ROWS;
    }

    /** Works on all pieces, unless the caller's run is cancelled before. */
    static void forEach(int height, Work work) {
        Run run = Run.current();
        IntStream.range(0, count(height)).parallel().forEach(index -> {
            run.throwIfCancelled();
            work.piece(index, index * ROWS, Math.min(height, (index + 1) * ROWS));
        });
    }
}
