package org.impasto.kernels.internal.convolution;

/**
 * How Winograd's algorithm sees one axis of a convolution: pieces of the kernel, each with as many taps as are taken at
 * once, of which the last piece may lack some. A tile is four cells of outputs.
 *
 * <p>With stride 1 a piece is three neighbouring taps, F(4,3), and reads its input three pixels further than the piece
 * before. With stride 2, F(4,2), one piece has the even and one the odd taps and each reads every second pixel. Where the
 * input is spread by 2 the pieces are the same, read the same pixels, and each makes every second output.
 *
 * @param before padding before the input, which is spread
 */
record WinogradAxis(int kernel, int before, int stride, int spread) {
    private static final int LEAST_KERNEL = 3;
    private static final int LARGEST_HALVED_KERNEL = 4;

    boolean isHalved() {
        return stride * spread == 2;
    }

    /** Whether the algorithm can compute this axis. */
    boolean suits() {
        int largest = isHalved() ? LARGEST_HALVED_KERNEL : Integer.MAX_VALUE;
        return stride * spread <= 2 && kernel >= LEAST_KERNEL && kernel <= largest;
    }

    /** Taps of a piece. */
    int taps() {
        return isHalved() ? 2 : 3;
    }

    /** Points at which products are taken, the last of which is infinity; also pixels that a tile reads. */
    int points() {
        return taps() + 3;
    }

    int pieces() {
        return isHalved() ? 2 : (kernel + 2) / 3;
    }

    /** The place of a piece's tap, which may lie beyond the kernel. */
    int tap(int piece, int index) {
        return isHalved() ? piece + 2 * index : 3 * piece + index;
    }

    /** Whether a piece has all its taps; the others' weights are zero at infinity. */
    boolean isWhole(int piece) {
        return tap(piece, taps() - 1) < kernel;
    }

    /** Pixels of the input from a tile's first to that of a piece. */
    int shift(int piece) {
        return spread == 2 ? 0 : tap(piece, 0);
    }

    /** Pixels before the input that the first tile reads. */
    int padding() {
        return before / spread;
    }

    /** The output that a piece makes in the first cell, which may lie before the first one. */
    int output(int piece) {
        return spread == 2 ? before % 2 - piece : 0;
    }

    /** Tiles that cover so many outputs. */
    int tiles(int outputs) {
        int cells = spread == 2 ? (outputs - output(1) + 1) / 2 : outputs;
        return (cells + 3) / 4;
    }

    /** Pixels of the padded input that so many tiles read. */
    int reach(int tiles) {
        return (4 * (tiles - 1) + points() - 1) * stride + shift(pieces() - 1) + 1;
    }
}
