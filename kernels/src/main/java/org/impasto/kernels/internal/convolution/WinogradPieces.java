package org.impasto.kernels.internal.convolution;

import org.impasto.kernels.internal.layout.BlockedLayout;

/**
 * A kernel cut into pieces along both axes, filled up with zeros: the convolution is the sum of those of its pieces, which
 * become input channels of one convolution with few taps. Where the input is spread, each piece makes the outputs of one
 * phase, and they become output channels.
 *
 * <p>Pieces that lack taps have no products at infinity; they are in such an order that at each point those that have some
 * lie together.
 */
final class WinogradPieces {
    private static final int FEW_CHANNELS = 4;
    private static final int KINDS = 4;

    private final WinogradAxis rows;
    private final WinogradAxis columns;
    private final int inputChannels;
    private final int outputChannels;
    private final boolean unfolded;
    private final int[] order;
    private final int[] ends = new int[KINDS];

    private WinogradPieces(ConvolutionShape s) {
        rows = new WinogradAxis(s.kernelHeight(), s.top(), s.strideHeight(), s.spreadHeight());
        columns = new WinogradAxis(s.kernelWidth(), s.left(), s.strideWidth(), s.spreadWidth());
        inputChannels = s.inputChannels();
        outputChannels = s.outputChannels();
        order = new int[rows.pieces() * columns.pieces()];
        unfolded = !rows.isHalved() && inputChannels <= FEW_CHANNELS && order.length > 1;
        for (int kind = 0, next = 0; kind < KINDS; kind++) {
            for (int piece = 0; piece < order.length; piece++) {
                if (kind(piece) == kind) {
                    order[next++] = piece;
                }
            }
            ends[kind] = next;
        }
    }

    static WinogradPieces of(ConvolutionShape s) {
        return new WinogradPieces(s);
    }

    /** Whether the algorithm can compute a convolution. */
    static boolean suit(ConvolutionShape s) {
        WinogradPieces pieces = of(s);
        return s.groups() == 1
                && s.dilationHeight() == 1
                && s.dilationWidth() == 1
                && s.strideHeight() == s.strideWidth()
                && s.spreadHeight() == s.spreadWidth()
                && pieces.rows.suits()
                && pieces.columns.suits();
    }

    /** 0: lacks columns of taps; 1: whole; 2: lacks rows; 3: lacks both. */
    private int kind(int piece) {
        boolean wholeRows = rows.isWhole(piece / columns.pieces());
        boolean wholeColumns = columns.isWhole(piece % columns.pieces());
        return wholeRows ? (wholeColumns ? 1 : 0) : wholeColumns ? 2 : 3;
    }

    WinogradAxis rows() {
        return rows;
    }

    WinogradAxis columns() {
        return columns;
    }

    int count() {
        return order.length;
    }

    /** The piece's place along the rows. */
    int row(int piece) {
        return order[piece] / columns.pieces();
    }

    /** The piece's place along the columns. */
    int column(int piece) {
        return order[piece] % columns.pieces();
    }

    /** Points of both axes, at each of which a tile has one product of channels. */
    int points() {
        return rows.points() * columns.points();
    }

    /** Whether pieces of a few planes share blocks of sixteen, and the input is planar. */
    boolean unfolded() {
        return unfolded;
    }

    private boolean makeOutputs() {
        return rows.spread() > 1;
    }

    /** Input channels. */
    int channels() {
        return inputChannels;
    }

    /** Channels from a piece to the next. */
    int step() {
        return unfolded ? inputChannels : BlockedLayout.roundUp(inputChannels);
    }

    /** Output channels from a piece to the next. */
    int outputStep() {
        return BlockedLayout.roundUp(outputChannels);
    }

    /** Pieces that are input channels. */
    int inputs() {
        return makeOutputs() ? 1 : count();
    }

    /** Input channels of the convolution with few taps, in whole blocks. */
    int depth() {
        return BlockedLayout.roundUp(Math.multiplyExact(inputs(), step()));
    }

    /** Channels that a block has at most: fewer than sixteen where no block is full. */
    int channelsOfBlock() {
        return Math.min(BlockedLayout.BLOCK, unfolded ? inputs() * step() : inputChannels);
    }

    /** Output channels of the convolution with few taps, in whole blocks. */
    int width() {
        return Math.multiplyExact(makeOutputs() ? count() : 1, outputStep());
    }

    /** The first input channel that has products at a point. */
    int depthFrom(int point) {
        return makeOutputs() || unfolded ? 0 : from(point) * step();
    }

    /** The end of input channels that have products at a point. */
    int depthTo(int point) {
        return makeOutputs() || unfolded ? depth() : to(point) * step();
    }

    /** The first output channel that has products at a point. */
    int widthFrom(int point) {
        return makeOutputs() ? from(point) * outputStep() : 0;
    }

    /** The end of output channels that have products at a point. */
    int widthTo(int point) {
        return makeOutputs() ? to(point) * outputStep() : width();
    }

    private int from(int point) {
        return isInfinite(point % columns.points(), columns) ? ends[0] : 0;
    }

    private int to(int point) {
        return isInfinite(point / columns.points(), rows)
                ? ends[1]
                : isInfinite(point % columns.points(), columns) ? ends[2] : count();
    }

    private static boolean isInfinite(int point, WinogradAxis axis) {
        return point == axis.points() - 1;
    }

    /** Weights of all points. */
    long weights() {
        return (long) points() * depth() * width();
    }

    /** About how many products of a block of channels by another a tile costs. */
    long cost() {
        long products = 0;
        for (int point = 0; point < points(); point++) {
            products += (long) (depthTo(point) - depthFrom(point)) * (widthTo(point) - widthFrom(point));
        }
        // a transform of a block takes about as long as a product at each of its points
        long transforms = (long) points() * (depth() + width()) / BlockedLayout.BLOCK;
        return products / (BlockedLayout.BLOCK * BlockedLayout.BLOCK) + transforms;
    }
}
