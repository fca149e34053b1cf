package org.impasto.kernels.internal.layout;

import org.impasto.core.Run;
import org.impasto.core.ShapeException;
import org.impasto.kernels.internal.parallel.Workers;

/** Sizes of blocked arrays, and the way from planar to blocked and back. */
public final class BlockedLayout {
    /** Channels in a block. */
    public static final int BLOCK = 16;

    private static final int PIXELS_PER_PIECE = 4096;
    private static final int PIXELS_AT_ONCE = 64; // 16 runs of them and their blocks stay in the first cache

    private BlockedLayout() {}

    /** Blocks that hold so many channels. */
    public static int blocks(int channels) {
        return (channels + BLOCK - 1) / BLOCK;
    }

    /** Channels rounded up to whole blocks. */
    public static int roundUp(int channels) {
        return blocks(channels) * BLOCK;
    }

    /** Floats in a blocked array of that shape; an error where an array cannot hold them. */
    public static int size(int batch, int channels, int height, int width) {
        return checked((long) batch * roundUp(channels), (long) height * width, "blocked");
    }

    /** Floats in an array of that shape and layout. */
    public static int size(ActivationLayout layout, int batch, int channels, int height, int width) {
        return layout == ActivationLayout.BLOCKED
                ? size(batch, channels, height, width)
                : checked((long) batch * channels, (long) height * width, "planar");
    }

    private static int checked(long planes, long pixels, String layout) {
        if (pixels != 0 && planes > Integer.MAX_VALUE / pixels) {
            throw new ShapeException(planes + " planes of " + pixels + " pixels in " + layout
                    + " layout are more than the 2^31-1 numbers of an array; work in tiles");
        }
        return (int) (planes * pixels);
    }

    /** Copies {@code [N][C][pixels]} to {@code [N][C/16][pixels][16]}; lanes above C become zero. */
    public static void toBlocked(
            float[] planar, float[] blocked, int batch, int channels, int pixels, Workers workers, Run run) {
        int blocks = blocks(channels);
        int parts = (pixels + PIXELS_PER_PIECE - 1) / PIXELS_PER_PIECE;
        workers.run(Math.multiplyExact(batch * blocks, parts), run, (index, worker) -> {
            int part = index % parts;
            int image = index / parts / blocks;
            int block = index / parts % blocks;
            int filled = Math.min(BLOCK, channels - block * BLOCK);
            int source = (image * channels + block * BLOCK) * pixels;
            int target = (image * blocks + block) * pixels * BLOCK;
            int end = Math.min(pixels, (part + 1) * PIXELS_PER_PIECE);
            for (int from = part * PIXELS_PER_PIECE; from < end; from += PIXELS_AT_ONCE) {
                interleave(planar, source, pixels, filled, blocked, target, from, Math.min(end, from + PIXELS_AT_ONCE));
            }
        });
    }

    private static void interleave(
            float[] planar, int source, int pixels, int filled, float[] blocked, int target, int from, int to) {
        for (int lane = 0; lane < filled; lane++) {
            int plane = source + lane * pixels;
            for (int pixel = from; pixel < to; pixel++) {
                blocked[target + pixel * BLOCK + lane] = planar[plane + pixel];
            }
        }
        for (int lane = filled; lane < BLOCK; lane++) {
            for (int pixel = from; pixel < to; pixel++) {
                blocked[target + pixel * BLOCK + lane] = 0f;
            }
        }
    }

    /** Copies {@code [N][C/16][pixels][16]} to {@code [N][C][pixels]}. */
    public static void toPlanar(
            float[] blocked, float[] planar, int batch, int channels, int pixels, Workers workers, Run run) {
        int blocks = blocks(channels);
        int parts = (pixels + PIXELS_PER_PIECE - 1) / PIXELS_PER_PIECE;
        workers.run(Math.multiplyExact(batch * blocks, parts), run, (index, worker) -> {
            int part = index % parts;
            int image = index / parts / blocks;
            int block = index / parts % blocks;
            int filled = Math.min(BLOCK, channels - block * BLOCK);
            int target = (image * channels + block * BLOCK) * pixels;
            int source = (image * blocks + block) * pixels * BLOCK;
            int end = Math.min(pixels, (part + 1) * PIXELS_PER_PIECE);
            for (int from = part * PIXELS_PER_PIECE; from < end; from += PIXELS_AT_ONCE) {
                separate(blocked, source, pixels, filled, planar, target, from, Math.min(end, from + PIXELS_AT_ONCE));
            }
        });
    }

    private static void separate(
            float[] blocked, int source, int pixels, int filled, float[] planar, int target, int from, int to) {
        for (int lane = 0; lane < filled; lane++) {
            int plane = target + lane * pixels;
            for (int pixel = from; pixel < to; pixel++) {
                planar[plane + pixel] = blocked[source + pixel * BLOCK + lane];
            }
        }
    }
}
