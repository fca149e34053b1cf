package org.impasto.kernels.internal.convolution;

/**
 * Winograd's transforms along one axis, for one block of channels, with the points of {@link WinogradPoints}: plain form of
 * {@link WinogradTile} and {@link HalvedTile}. Blocks of a line lie {@code step} apart, those of its result {@code toStep};
 * a result may overwrite its line.
 */
final class PlainWinogradLines {
    private static final float P = WinogradPoints.P;
    private static final float Q = WinogradPoints.Q;
    private static final float R = WinogradPoints.R;
    private static final float S = WinogradPoints.S;

    private PlainWinogradLines() {}

    /** Six values of an input to six points. */
    static void input(float[] from, int x, int step, float[] to, int o, int toStep) {
        for (int lane = 0; lane < 16; lane++) {
            int at = x + lane;
            float d0 = from[at];
            float d1 = from[at + step];
            float d2 = from[at + 2 * step];
            float d3 = from[at + 3 * step];
            float d4 = from[at + 4 * step];
            float d5 = from[at + 5 * step];
            float evenP = d4 - 2 * d2;
            float oddP = P * (d3 - 2 * d1);
            float evenQ = d4 - 0.5f * d2;
            float oddQ = Q * (d3 - 0.5f * d1);
            int put = o + lane;
            to[put] = d0 + d4 - 2.5f * d2;
            to[put + toStep] = evenP + oddP;
            to[put + 2 * toStep] = evenP - oddP;
            to[put + 3 * toStep] = evenQ + oddQ;
            to[put + 4 * toStep] = evenQ - oddQ;
            to[put + 5 * toStep] = d1 + d5 - 2.5f * d3;
        }
    }

    /** Six points to four values of an output, each plus its channel's shift. */
    static void output(float[] from, int x, int step, float[] shift, int shiftOffset, float[] to, int o, int toStep) {
        for (int lane = 0; lane < 16; lane++) {
            int at = x + lane;
            float bias = shift[shiftOffset + lane];
            float m1 = from[at + step];
            float m2 = from[at + 2 * step];
            float m3 = from[at + 3 * step];
            float m4 = from[at + 4 * step];
            float sumP = m1 + m2;
            float differenceP = P * (m1 - m2);
            float sumQ = m3 + m4;
            float differenceQ = Q * (m3 - m4);
            int put = o + lane;
            to[put] = from[at] + sumP + (sumQ + bias);
            to[put + toStep] = differenceP + (differenceQ + bias);
            to[put + 2 * toStep] = 0.5f * sumP + 2 * sumQ + bias;
            to[put + 3 * toStep] = 0.5f * differenceP + 2 * differenceQ + (from[at + 5 * step] + bias);
        }
    }

    /** Five values of an input to five points, of F(4,2). */
    static void halvedInput(float[] from, int x, int step, float[] to, int o, int toStep) {
        for (int lane = 0; lane < 16; lane++) {
            int at = x + lane;
            float d0 = from[at];
            float d1 = from[at + step];
            float d2 = from[at + 2 * step];
            float d3 = from[at + 3 * step];
            float oddR = d3 - S * S * d1;
            float evenR = R * (d2 - S * S * d0);
            float oddS = d3 - R * R * d1;
            float evenS = S * (d2 - R * R * d0);
            int put = o + lane;
            to[put] = oddR + evenR;
            to[put + toStep] = oddR - evenR;
            to[put + 2 * toStep] = oddS + evenS;
            to[put + 3 * toStep] = oddS - evenS;
            to[put + 4 * toStep] = from[at + 4 * step] + R * R * S * S * d0 - (R * R + S * S) * d2;
        }
    }

    /** Five points to four values of an output, of F(4,2), each plus its channel's shift. */
    static void halvedOutput(
            float[] from, int x, int step, float[] shift, int shiftOffset, float[] to, int o, int toStep) {
        for (int lane = 0; lane < 16; lane++) {
            int at = x + lane;
            float bias = shift[shiftOffset + lane];
            float m0 = from[at];
            float m1 = from[at + step];
            float m2 = from[at + 2 * step];
            float m3 = from[at + 3 * step];
            float sumR = m0 + m1;
            float differenceR = R * (m0 - m1);
            float sumS = m2 + m3;
            float differenceS = S * (m2 - m3);
            int put = o + lane;
            to[put] = sumR + (sumS + bias);
            to[put + toStep] = differenceR + (differenceS + bias);
            to[put + 2 * toStep] = R * R * sumR + S * S * sumS + bias;
            to[put + 3 * toStep] = R * R * differenceR + S * S * differenceS + (from[at + 4 * step] + bias);
        }
    }

    /** Four values of a gradient to six points. */
    static void gradient(float[] from, int x, int step, float[] to, int o, int toStep) {
        for (int lane = 0; lane < 16; lane++) {
            int at = x + lane;
            float g0 = from[at];
            float g1 = from[at + step];
            float g2 = from[at + 2 * step];
            float g3 = from[at + 3 * step];
            float evenP = g0 + 0.5f * g2;
            float oddP = P * (g1 + 0.5f * g3);
            float evenQ = g0 + 2 * g2;
            float oddQ = Q * (g1 + 2 * g3);
            int put = o + lane;
            to[put] = g0;
            to[put + toStep] = evenP + oddP;
            to[put + 2 * toStep] = evenP - oddP;
            to[put + 3 * toStep] = evenQ + oddQ;
            to[put + 4 * toStep] = evenQ - oddQ;
            to[put + 5 * toStep] = g3;
        }
    }
}
