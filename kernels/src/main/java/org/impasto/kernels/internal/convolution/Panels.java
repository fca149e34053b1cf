package org.impasto.kernels.internal.convolution;

import org.impasto.kernels.internal.layout.BlockedLayout;

/** How output channels, rounded up to sixteen, are cut into panels of the widths that the kernels take. */
final class Panels {
    private final int[] starts; // one more than there are panels

    private Panels(int[] starts) {
        this.starts = starts;
    }

    static Panels of(int channels) {
        int columns = BlockedLayout.roundUp(channels);
        int[] widths = Kernels.chosen().panelWidths();
        int[] starts = new int[columns / BlockedLayout.BLOCK + 1];
        int count = 0;
        for (int start = 0; start < columns; ) {
            int width = widths[widths.length - 1];
            for (int candidate : widths) {
                if (start + candidate <= columns) {
                    width = candidate;
                    break;
                }
            }
            start += width;
            starts[++count] = start;
        }
        return new Panels(java.util.Arrays.copyOf(starts, count + 1));
    }

    int count() {
        return starts.length - 1;
    }

    int start(int panel) {
        return starts[panel];
    }

    int width(int panel) {
        return starts[panel + 1] - starts[panel];
    }

    /** The panel that holds a column. */
    int at(int column) {
        int panel = 0;
        while (starts[panel + 1] <= column) {
            panel++;
        }
        return panel;
    }

    /** Columns of all panels. */
    int columns() {
        return starts[starts.length - 1];
    }
}
