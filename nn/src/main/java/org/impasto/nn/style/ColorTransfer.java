package org.impasto.nn.style;

import java.util.concurrent.Executor;
import org.impasto.core.BackendOptions;
import org.impasto.core.Run;
import org.impasto.core.image.Image;
import org.jspecify.annotations.Nullable;

/**
 * Gives a picture the colours of another one: the Monge-Kantorovich map between the two colour distributions
 * ({@link GaussianTransport}), then a gentle match of the fine structure. Needs no weights. A value of this class is a
 * prepared style: it is immutable, small, and serves many contents and threads.
 *
 * <p><b>Colours.</b> The map works in Oklab, with a noise of deviation {@link Options#noise} added to both
 * distributions. This was chosen by looking at 25 pairs of photographs, each mapped in encoded sRGB, linear RGB, CIE
 * Lab, l-alpha-beta and Oklab. Linear RGB crushed shadows to flat black and put 29% of all pixels outside of sRGB;
 * l-alpha-beta, a logarithm, let the darkest pixels rule (a stopper turned pure red for an orange flame, green skies,
 * cyan near white walls); Lab (19%) gave a red flower blue rims; encoded sRGB (18%) did well by day, but lifted a black
 * background to brown and clipped night scenes. Oklab (14%, and the least distance from sRGB of all five) kept black
 * backgrounds black and night scenes clean. Without the noise nearly grey contents (fog, a white car, a hazy sky) had
 * their colours amplified 5 to 10 times, which showed the blocks of their JPEG compression; 0.01 removed them and left the
 * rest as it was.
 *
 * <p><b>Colours out of range.</b> Moving them to the grey of their lightness bleached flames and autumn leaves; clipping
 * alone left blue and green specks in black. So shadows move towards grey and lights are clipped, see
 * {@link Oklab#toRgb}.
 *
 * <p><b>Detail.</b> The lightness is split into four bands of an undecimated wavelet ({@link WaveletBands}), and each is
 * scaled towards the deviation that this band has in the style, by a gain within 1/2 and 2 to the power of
 * {@link Options#detail}. The gain fades where a coefficient is large against its band's deviation: there is an edge, and
 * an edge that is scaled gets a bright or dark rim. Full gains looked crisp or waxed on some pairs, half way (0.5) did
 * not.
 */
public final class ColorTransfer {
    private static final double SMALLEST_GAIN = 0.5;
    private static final double LARGEST_GAIN = 2;
    /** Coefficients of this many deviations are changed half as much as small ones. */
    private static final double EDGE = 3;

    /** Deviations below this are rounding. */
    private static final double NEGLIGIBLE = 1e-9;

    private final ColorStatistics colors;
    private final double[] bandDeviations;
    private final Options options;

    /**
     * How colours are transferred.
     *
     * @param noise deviation in Oklab units (lightness has a range of 1), above 0 to 1: differences in colour that are
     *     smaller than this are taken for noise and not amplified
     * @param detail 0 for the colour map alone, to 1 for fine structure fully as strong as the style's
     * @param threads largest number of threads; 0 for one a processor
     * @param executor lends threads beside the caller's; null for the common pool
     */
    public record Options(
            double noise,
            double detail,
            int threads,
            @Nullable Executor executor) {
        private static final Options STANDARD = new Options(0.01, 0.5);

        /** On the common pool. */
        public Options(double noise, double detail) {
            this(noise, detail, 0, null);
        }

        /** Checks the ranges. */
        public Options {
            if (!(noise >= 1e-9 && noise <= 1)) {
                throw new IllegalArgumentException("noise is " + noise + ", expected 1e-9 to 1");
            }
            if (!(detail >= 0 && detail <= 1)) {
                throw new IllegalArgumentException("detail is " + detail + ", expected 0 to 1");
            }
            if (threads < 0) {
                throw new IllegalArgumentException("threads is " + threads + ", expected 0 or more");
            }
        }

        /** What looked best. */
        public static Options standard() {
            return STANDARD;
        }

        /** The same with another amount of detail. */
        public Options withDetail(double detail) {
            return new Options(noise, detail, threads, executor);
        }

        /** The same on the threads that a backend of those options would use. */
        public Options withThreadsOf(BackendOptions options) {
            return new Options(noise, detail, options.threads(), options.executor());
        }

        private RowPieces pieces() {
            RowPieces standard = RowPieces.standard();
            return new RowPieces(
                    threads == 0 ? standard.threads() : threads, executor == null ? standard.lender() : executor);
        }

        /** The same with another deviation of noise. */
        public Options withNoise(double noise) {
            return new Options(noise, detail, threads, executor);
        }
    }

    private ColorTransfer(ColorStatistics colors, double[] bandDeviations, Options options) {
        this.colors = colors;
        this.bandDeviations = bandDeviations;
        this.options = options;
    }

    /** Prepares the colours of a style picture. Transparent pixels count by their alpha. */
    public static ColorTransfer of(Image style) {
        return of(style, Options.standard());
    }

    /** Prepares the colours of a style picture, with options. */
    public static ColorTransfer of(Image style, Options options) {
        int width = style.width();
        int height = style.height();
        float[] alpha = style.alpha();
        float[] lab = style.pixels();
        RowPieces pieces = options.pieces();
        ColorStatistics colors = toLab(pieces, lab, width, height, alpha);
        return new ColorTransfer(colors, bandDeviations(pieces, lab, width, height, alpha), options);
    }

    /**
     * A content picture in the colours of this style; size and alpha are the content's.
     *
     * <p>Works in the planes of the result and one more, beside the content.
     *
     * @param strength 0 for the content itself, bit for bit, to 1 for all of the style; between them colours lie on the
     *     straight lines from one to the other
     */
    public Image apply(Image content, double strength) {
        if (!(strength >= 0 && strength <= 1)) {
            throw new IllegalArgumentException("strength is " + strength + ", expected 0 to 1");
        }
        if (strength == 0) {
            return content;
        }
        Run run = Run.current();
        int width = content.width();
        int height = content.height();
        float[] alpha = content.alpha();
        int plane = width * height;
        float[] result = content.pixels();
        RowPieces pieces = options.pieces();
        ColorStatistics from = toLab(pieces, result, width, height, alpha);
        run.report(0.3);
        float[] lightness = new float[plane];
        map(
                pieces,
                GaussianTransport.between(from, colors, options.noise()).partial(strength),
                result,
                lightness,
                width,
                height);
        run.report(0.4);
        double[] deviations = bandDeviations(pieces, lightness, width, height, alpha);
        run.report(0.7);
        double[] gains = gains(deviations, bandDeviations, options.detail(), strength);
        pieces.forEach(height, (index, top, bottom) -> {
            float[] rows = scaleBands(lightness, width, height, top, bottom, deviations, gains);
            toRgb(rows, result, plane, top * width);
        });
        run.report(1);
        return Image.owning(width, height, result, alpha);
    }

    /** Turns three planes of encoded sRGB into Oklab, in place, and gives their statistics. */
    static ColorStatistics toLab(RowPieces pieces, float[] pixels, int width, int height, float @Nullable [] alpha) {
        int plane = width * height;
        ColorStatistics[] parts = new ColorStatistics[RowPieces.count(height)];
        pieces.forEach(height, (index, top, bottom) -> {
            double[] lab = new double[3];
            for (int i = top * width; i < bottom * width; i++) {
                Oklab.fromRgb(pixels[i], pixels[i + plane], pixels[i + 2 * plane], lab);
                pixels[i] = (float) lab[0];
                pixels[i + plane] = (float) lab[1];
                pixels[i + 2 * plane] = (float) lab[2];
            }
            parts[index] = ColorStatistics.of(pixels, plane, top * width, bottom * width, alpha);
        });
        ColorStatistics all = parts[0];
        for (int i = 1; i < parts.length; i++) {
            all = all.and(parts[i]);
        }
        return all;
    }

    /** Maps colours in place; the lightness goes to a plane of its own, which stays unchanged while bands are read. */
    static void map(
            RowPieces pieces, GaussianTransport transport, float[] lab, float[] lightness, int width, int height) {
        double[][] t = transport.matrix();
        double[] c = transport.offset();
        int plane = width * height;
        pieces.forEach(height, (index, top, bottom) -> {
            for (int i = top * width; i < bottom * width; i++) {
                double x = lab[i];
                double y = lab[i + plane];
                double z = lab[i + 2 * plane];
                lightness[i] = (float) (t[0][0] * x + t[0][1] * y + t[0][2] * z + c[0]);
                lab[i + plane] = (float) (t[1][0] * x + t[1][1] * y + t[1][2] * z + c[1]);
                lab[i + 2 * plane] = (float) (t[2][0] * x + t[2][1] * y + t[2][2] * z + c[2]);
            }
        });
    }

    /** The root mean square of each wavelet band of a plane. */
    static double[] bandDeviations(
            RowPieces pieces, float[] lightness, int width, int height, float @Nullable [] alpha) {
        double[][] squares = new double[RowPieces.count(height)][WaveletBands.COUNT];
        double[] weights = new double[squares.length];
        pieces.forEach(height, (index, top, bottom) -> {
            WaveletBands.forEachRow(lightness, width, height, top, bottom, (band, y, detail) -> {
                double sum = 0;
                for (int x = 0; x < width; x++) {
                    double weight = alpha == null ? 1 : alpha[y * width + x];
                    sum += weight * detail[x] * detail[x];
                }
                squares[index][band] += sum;
            });
            for (int i = top * width; i < bottom * width; i++) {
                weights[index] += alpha == null ? 1 : alpha[i];
            }
        });
        double weight = 0;
        double[] result = new double[WaveletBands.COUNT];
        for (int index = 0; index < squares.length; index++) {
            weight += weights[index];
            for (int band = 0; band < result.length; band++) {
                result[band] += squares[index][band];
            }
        }
        for (int band = 0; band < result.length; band++) {
            result[band] = weight == 0 ? 0 : Math.sqrt(result[band] / weight);
        }
        return result;
    }

    static double[] gains(double[] content, double[] style, double detail, double strength) {
        double[] gains = new double[content.length];
        for (int band = 0; band < gains.length; band++) {
            double ratio = content[band] > NEGLIGIBLE ? style[band] / content[band] : 1;
            double gain = Math.pow(Math.max(SMALLEST_GAIN, Math.min(LARGEST_GAIN, ratio)), detail);
            gains[band] = 1 + strength * (gain - 1);
        }
        return gains;
    }

    private static float[] scaleBands(
            float[] lightness, int width, int height, int top, int bottom, double[] deviations, double[] gains) {
        float[] rows = java.util.Arrays.copyOfRange(lightness, top * width, bottom * width);
        WaveletBands.forEachRow(lightness, width, height, top, bottom, (band, y, detail) -> {
            float change = (float) (gains[band] - 1);
            if (change == 0) {
                return;
            }
            float perEdge = (float) (1 / (EDGE * deviations[band]));
            int at = (y - top) * width;
            for (int x = 0; x < width; x++) {
                float size = detail[x] * perEdge;
                rows[at + x] += change * detail[x] / (1 + size * size);
            }
        });
        return rows;
    }

    private static void toRgb(float[] lightness, float[] lab, int plane, int start) {
        double[] rgb = new double[3];
        for (int i = 0; i < lightness.length; i++) {
            int at = start + i;
            Oklab.toRgb(lightness[i], lab[at + plane], lab[at + 2 * plane], rgb);
            lab[at] = (float) rgb[0];
            lab[at + plane] = (float) rgb[1];
            lab[at + 2 * plane] = (float) rgb[2];
        }
    }
}
