package org.impasto.kernels.internal.elementwise;

import org.impasto.core.Run;
import org.impasto.kernels.internal.layout.BlockedLayout;
import org.impasto.kernels.internal.parallel.ScratchArrays;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * Affine couplings of a flow: {@code (b + t) sigmoid(v + shift)}, its inverse and its gradient. The state is
 * {@code [N][C][pixels]} in float64; its first C / 2 channels pass. The answer with v and t is float32, planar or blocked.
 *
 * <p>A piece is a strip of pixels, whose blocks lie in the first cache while channel after channel is taken from them. Both
 * directions work the scale out from the same numbers in the same way, so they find the same bits.
 */
public final class AffineCoupling {
    private static final int BLOCK = BlockedLayout.BLOCK;
    private static final int STRIP = 256; // a product of as many numbers from 1 to 2 does not overflow

    private final FloatLoops loops;
    private final int channels;
    private final int rest;
    private final int pixels;
    private final float shift;
    private final double largest;

    /** An answer: its numbers, and whether they lie in blocks of sixteen channels. */
    public record Answer(float[] values, boolean blocked) {}

    /**
     * Couplings of one shape.
     *
     * @param channels of the state
     * @param shift added to v
     * @param largest the largest {@code -log(s)} that is not counted
     */
    public AffineCoupling(boolean vector, int channels, int pixels, float shift, double largest) {
        loops = vector ? new VectorFloatLoops() : new PlainFloatLoops();
        this.channels = channels;
        this.rest = channels - channels / 2;
        this.pixels = pixels;
        this.shift = shift;
        this.largest = largest;
    }

    /** Where a channel of an answer begins, and how far its pixels lie apart. */
    private int start(boolean blocked, int image, int channel) {
        int blocks = BlockedLayout.blocks(2 * rest);
        return blocked
                ? (image * blocks + channel / BLOCK) * pixels * BLOCK + channel % BLOCK
                : (image * 2 * rest + channel) * pixels;
    }

    /** The steps of one strip. */
    private final class Strip {
        final float[] logits = ScratchArrays.take(STRIP);
        final float[] powers = ScratchArrays.take(STRIP); // exp(-|logit|), or 1 - scale
        final float[] shifts = ScratchArrays.take(STRIP);
        final float[] scales = ScratchArrays.take(STRIP);

        void giveBack() {
            ScratchArrays.give(logits);
            ScratchArrays.give(powers);
            ScratchArrays.give(shifts);
            ScratchArrays.give(scales);
        }

        /** Reads v and t of a strip and works out the scales. */
        void read(Answer answer, int image, int channel, int from, int count) {
            int step = answer.blocked ? BLOCK : 1;
            int v = start(answer.blocked, image, channel) + from * step;
            int t = start(answer.blocked, image, rest + channel) + from * step;
            for (int i = 0; i < count; i++) {
                // infinity is the largest number: both have a scale of 1, and infinity less itself would be none
                logits[i] = Math.min(answer.values[v + i * step] + shift, Float.MAX_VALUE);
                shifts[i] = answer.values[t + i * step];
            }
            loops.sigmoid(count, logits, powers, scales);
        }

        /** Works out {@code 1 - s}, without cancellation, in the place of powers. */
        void readOpposites(int count) {
            loops.unary(UnaryOperation.NEGATE, 0, 0, count, logits, 0, powers, 0);
            loops.unary(UnaryOperation.SIGMOID, 0, 0, count, powers, 0, powers, 0);
        }

        /** The sum of {@code -log(s)}: of {@code max(-v, 0)}, and one logarithm of the product of all {@code 1 + exp(-|v|)}. */
        double negativeLogarithms(int count) {
            float[] v = logits;
            float[] p = powers;
            double p0 = 1; // four chains: each product waits for the one before it
            double p1 = 1;
            double p2 = 1;
            double p3 = 1;
            double s0 = 0;
            double s1 = 0;
            double s2 = 0;
            double s3 = 0;
            int i = 0;
            for (; i + 3 < count; i += 4) {
                p0 *= 1.0 + p[i];
                p1 *= 1.0 + p[i + 1];
                p2 *= 1.0 + p[i + 2];
                p3 *= 1.0 + p[i + 3];
                s0 += Math.abs(v[i]) - v[i]; // twice the maximum
                s1 += Math.abs(v[i + 1]) - v[i + 1];
                s2 += Math.abs(v[i + 2]) - v[i + 2];
                s3 += Math.abs(v[i + 3]) - v[i + 3];
            }
            for (; i < count; i++) {
                p0 *= 1.0 + p[i];
                s0 += Math.abs(v[i]) - v[i];
            }
            return 0.5 * (s0 + s1 + (s2 + s3)) + StrictMath.log(p0 * p1 * (p2 * p3));
        }

        /** How many scales are too small; a logit that is not a number counts. */
        int tooSmall(int count) {
            float least = (float) -largest;
            float[] v = logits;
            int found = 0;
            for (int i = 0; i < count; i++) {
                found += v[i] >= least ? 0 : 1;
            }
            return found;
        }
    }

    private interface Step {
        /** Takes a strip of a changed channel; the piece is its image's and strip's number. */
        void take(Strip strip, int piece, int image, int channel, int from, int count);
    }

    private int strips() {
        return (pixels + STRIP - 1) / STRIP;
    }

    /** Takes all strips of all changed channels; the first channels are copied. */
    private void forStrips(int images, double[] from, double[] to, Step step, Workers workers, Run run) {
        int strips = strips();
        int half = channels - rest;
        workers.run(images * strips, run, (piece, worker) -> {
            int image = piece / strips;
            int pixel = piece % strips * STRIP;
            int count = Math.min(STRIP, pixels - pixel);
            for (int channel = 0; channel < half; channel++) {
                int start = (image * channels + channel) * pixels + pixel;
                System.arraycopy(from, start, to, start, count);
            }
            Strip strip = new Strip();
            try {
                for (int channel = 0; channel < rest; channel++) {
                    step.take(strip, piece, image, channel, pixel, count);
                }
            } finally {
                strip.giveBack();
            }
        });
    }

    private int changed(int image, int channel) {
        return (image * channels + channels - rest + channel) * pixels;
    }

    /** Whether a number is not finite, as 1 or 0: products with 0 are then not 0. */
    private static int notFinite(double[] values, int from, int count) {
        double s0 = 0; // chains as in the sums above
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = from;
        for (; i + 3 < from + count; i += 4) {
            s0 += values[i] * 0;
            s1 += values[i + 1] * 0;
            s2 += values[i + 2] * 0;
            s3 += values[i + 3] * 0;
        }
        for (; i < from + count; i++) {
            s0 += values[i] * 0;
        }
        return s0 + s1 + (s2 + s3) == 0 ? 0 : 1;
    }

    /** The state after the change, sums of log(s) and numbers of what cannot be undone, for each image. */
    public void forward(
            int images,
            double[] x,
            Answer answer,
            double[] y,
            double[] logarithms,
            long[] flags,
            Workers workers,
            Run run) {
        double[] sums = new double[images * strips()];
        int[] bad = new int[images * strips()];
        forStrips(
                images,
                x,
                y,
                (strip, piece, image, channel, from, count) -> {
                    strip.read(answer, image, channel, from, count);
                    int start = changed(image, channel) + from;
                    float[] t = strip.shifts;
                    float[] s = strip.scales;
                    for (int i = 0; i < count; i++) {
                        y[start + i] = (x[start + i] + t[i]) * s[i];
                    }
                    double sum = strip.negativeLogarithms(count);
                    sums[piece] += sum;
                    // none is larger than their sum, as none is negative
                    bad[piece] += (sum <= largest ? 0 : strip.tooSmall(count)) + notFinite(y, start, count);
                },
                workers,
                run);
        for (int image = 0; image < images; image++) {
            double sum = 0;
            for (int strip = 0; strip < strips(); strip++) {
                sum += sums[image * strips() + strip];
            }
            logarithms[image] = -sum;
        }
        addUp(images, bad, flags);
    }

    private void addUp(int images, int[] bad, long[] flags) {
        for (int image = 0; image < images; image++) {
            flags[image] = 0;
            for (int strip = 0; strip < strips(); strip++) {
                flags[image] += bad[image * strips() + strip];
            }
        }
    }

    /** The state before the change, and numbers of what cannot be undone. */
    public void inverse(int images, double[] y, Answer answer, double[] x, long[] flags, Workers workers, Run run) {
        int[] bad = new int[images * strips()];
        forStrips(
                images,
                y,
                x,
                (strip, piece, image, channel, from, count) -> {
                    strip.read(answer, image, channel, from, count);
                    int start = changed(image, channel) + from;
                    float[] t = strip.shifts;
                    float[] s = strip.scales;
                    for (int i = 0; i < count; i++) {
                        x[start + i] = y[start + i] / s[i] - t[i];
                    }
                    bad[piece] += strip.tooSmall(count) + notFinite(x, start, count);
                },
                workers,
                run);
        addUp(images, bad, flags);
    }

    /** The gradients of state and answer; the latter in the layout of the answer, lanes above its channels untouched. */
    public void gradient(
            int images,
            double[] x,
            Answer answer,
            double[] ofResult,
            double[] ofLogarithms,
            double[] ofState,
            float[] ofAnswer,
            Workers workers,
            Run run) {
        int step = answer.blocked ? BLOCK : 1;
        forStrips(
                images,
                ofResult,
                ofState,
                (strip, piece, image, channel, from, count) -> {
                    strip.read(answer, image, channel, from, count);
                    int start = changed(image, channel) + from;
                    int v = start(answer.blocked, image, channel) + from * step;
                    int t = start(answer.blocked, image, rest + channel) + from * step;
                    strip.readOpposites(count);
                    double ofLogarithm = ofLogarithms[image];
                    float[] shifts = strip.shifts;
                    float[] s = strip.scales;
                    float[] opposites = strip.powers;
                    float[] ofLogits = strip.logits;
                    for (int i = 0; i < count; i++) {
                        double scaled = ofResult[start + i] * s[i];
                        ofState[start + i] = scaled;
                        ofLogits[i] = (float) ((scaled * (x[start + i] + shifts[i]) + ofLogarithm) * opposites[i]);
                    }
                    for (int i = 0; i < count; i++) {
                        ofAnswer[t + i * step] = (float) ofState[start + i];
                        ofAnswer[v + i * step] = ofLogits[i];
                    }
                },
                workers,
                run);
    }
}
