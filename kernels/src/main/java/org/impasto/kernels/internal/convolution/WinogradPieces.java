package org.impasto.kernels.internal.convolution;

import org.impasto.kernels.internal.layout.BlockedLayout;

/**
 * A kernel cut into pieces of 3x3 taps, filled up with zeros: the convolution is the sum of those of its pieces, and the
 * pieces become channels of one 3x3 convolution, whose input is read three pixels further for each next piece.
 *
 * @param rows pieces one below the other
 * @param columns pieces side by side
 * @param channels input channels
 * @param unfolded whether pieces of a few planes share blocks of sixteen, and the input is planar
 */
record WinogradPieces(int rows, int columns, int channels, boolean unfolded) {
    private static final int FEW_CHANNELS = 4;

    static WinogradPieces of(ConvolutionShape s) {
        int rows = (s.kernelHeight() + 2) / 3;
        int columns = (s.kernelWidth() + 2) / 3;
        boolean few = s.inputChannels() <= FEW_CHANNELS && rows * columns > 1;
        return new WinogradPieces(rows, columns, s.inputChannels(), few);
    }

    int count() {
        return rows * columns;
    }

    /** Channels from a piece to the next. */
    int step() {
        return unfolded ? channels : BlockedLayout.roundUp(channels);
    }

    /** Channels of the 3x3 convolution, in whole blocks. */
    int depth() {
        return BlockedLayout.roundUp(Math.multiplyExact(count(), step()));
    }
}
