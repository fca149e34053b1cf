package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.impasto.core.BackendOptions;
import org.impasto.core.CancelledException;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.image.Image;
import org.impasto.nn.style.ColorTransfer.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColorTransferTest {
    /** Rounding of two conversions there and back, of lightness and colours in float32. */
    private static final double ROUNDING = 1e-4;

    @Test
    void strengthZeroIsTheContentBitForBit() {
        Image content = noisy(40, 30, 1, 0.2, 0.9);
        Image result = ColorTransfer.of(noisy(20, 20, 2, 0, 0.4)).apply(content, 0);
        assertThat(result.pixels()).isEqualTo(content.pixels());
    }

    @Test
    void tellsItsProgressAndStops() {
        Image content = noisy(20, 300, 1, 0.2, 0.9);
        ColorTransfer style = ColorTransfer.of(noisy(20, 20, 2, 0, 0.4));
        List<Double> told = new ArrayList<>();
        try (Scope scope = Scope.open(Run.inference().onProgress(told::add))) {
            style.apply(content, 1);
        }
        assertThat(told).isSorted().hasSizeGreaterThan(2).endsWith(1.0);
        for (int stop = 0; stop < told.size() - 1; stop++) {
            AtomicReference<Run> running = new AtomicReference<>();
            List<Double> toldBefore = new ArrayList<>();
            double last = told.get(stop);
            running.set(Run.inference().onProgress(fraction -> {
                toldBefore.add(fraction);
                if (fraction == last) {
                    running.get().cancel();
                }
            }));
            try (Scope scope = Scope.open(running.get())) {
                assertThatThrownBy(() -> style.apply(content, 1)).isInstanceOf(CancelledException.class);
            }
            assertThat(toldBefore).isEqualTo(told.subList(0, stop + 1));
        }
        Run cancelled = Run.inference();
        cancelled.cancel();
        try (Scope scope = Scope.open(cancelled)) {
            assertThatThrownBy(() -> ColorTransfer.of(content)).isInstanceOf(CancelledException.class);
        }
    }

    /** Soft contents and styles stay within sRGB, so nothing but rounding stands between the statistics. */
    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void withoutDetailTheResultHasTheStylesMeanAndCovariance(long seed) {
        Image content = noisy(200, 150, seed, 0.35, 0.6);
        Image style = noisy(170, 140, seed + 100, 0.4, 0.7);
        Options options = new Options(1e-6, 0);
        ColorStatistics expected = statistics(style);
        ColorStatistics found = statistics(ColorTransfer.of(style, options).apply(content, 1));
        for (int i = 0; i < 3; i++) {
            assertThat(found.mean()[i]).isCloseTo(expected.mean()[i], within(1e-6));
            for (int j = 0; j < 3; j++) {
                assertThat(found.covariance()[i][j]).isCloseTo(expected.covariance()[i][j], within(1e-7));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"60,40,0", "60,40,1", "1,1,1", "1,50,1", "50,1,1", "3,2,1", "33,300,1"})
    void aPictureInItsOwnStyleStaysAsItIs(int width, int height, double detail) {
        Image picture = noisy(width, height, 7, 0, 1);
        Image result =
                ColorTransfer.of(picture, Options.standard().withDetail(detail)).apply(picture, 1);
        float[] expected = picture.pixels();
        float[] found = result.pixels();
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(ROUNDING));
        }
    }

    @Test
    void aFlatContentBecomesTheStylesMeanColor() {
        Image flat = flat(30, 20, 0.2f, 0.7f, 0.4f);
        Image style = noisy(50, 40, 3, 0.3, 0.7);
        ColorStatistics found = statistics(ColorTransfer.of(style).apply(flat, 1));
        ColorStatistics expected = statistics(style);
        for (int i = 0; i < 3; i++) {
            assertThat(found.mean()[i]).isCloseTo(expected.mean()[i], within(ROUNDING));
            assertThat(found.covariance()[i][i]).isCloseTo(0, within(ROUNDING * ROUNDING));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,9", "9,1", "2,2", "30,200"})
    void flatGreyAndTinyPicturesGiveFinitePictures(int width, int height) {
        Image[] pictures = {
            flat(width, height, 0, 0, 0),
            flat(width, height, 1, 1, 1),
            flat(width, height, 1, 0, 0),
            grey(width, height, 4),
            noisy(width, height, 5, 0, 1)
        };
        for (Image content : pictures) {
            for (Image style : pictures) {
                for (double strength : new double[] {1e-9, 0.5, 1}) {
                    Image result = ColorTransfer.of(style).apply(content, strength);
                    assertThat(result.width()).isEqualTo(width);
                    assertThat(result.height()).isEqualTo(height);
                    for (float v : result.pixels()) {
                        assertThat(v).isBetween(0f, 1f);
                    }
                }
            }
        }
    }

    @Test
    void aGreyContentInAGreyStyleStaysGrey() {
        Image result = ColorTransfer.of(grey(40, 30, 8)).apply(grey(50, 60, 9), 1);
        float[] p = result.pixels();
        int plane = 50 * 60;
        for (int i = 0; i < plane; i++) {
            assertThat((double) p[i]).isCloseTo(p[i + plane], within(ROUNDING));
            assertThat((double) p[i]).isCloseTo(p[i + 2 * plane], within(ROUNDING));
        }
    }

    @Test
    void gainsStayWithinAHalfAndTwoAndGrowWithDetailAndStrength() {
        double[] content = {1, 1, 1, 0};
        double[] style = {0.01, 100, 1.5, 1};
        assertThat(ColorTransfer.gains(content, style, 1, 1)).containsExactly(0.5, 2, 1.5, 1);
        assertThat(ColorTransfer.gains(content, style, 0, 1)).containsExactly(1, 1, 1, 1);
        assertThat(ColorTransfer.gains(content, style, 1, 0.5)).containsExactly(0.75, 1.5, 1.25, 1);
        assertThat(ColorTransfer.gains(content, style, 0.5, 1))
                .containsExactly(Math.sqrt(0.5), Math.sqrt(2), Math.sqrt(1.5), 1);
    }

    @Test
    void detailBringsBandsTowardsTheStyles() {
        Image content = faint(120, 100, 10);
        Image style = noisy(120, 100, 11, 0.3, 0.7);
        double[] target = bands(style);
        double[] plain =
                bands(ColorTransfer.of(style, Options.standard().withDetail(0)).apply(content, 1));
        double[] scaled =
                bands(ColorTransfer.of(style, Options.standard().withDetail(1)).apply(content, 1));
        assertThat(plain[0]).isLessThan(0.5 * target[0]);
        assertThat(scaled[0]).isGreaterThan(1.5 * plain[0]).isLessThanOrEqualTo(2.01 * plain[0]);
    }

    /** Two flat halves, in a style of strong fine structure: bands are scaled up to twofold, and the edge hardly feels it. */
    @Test
    void anEdgeGetsNoRim() {
        int width = 256;
        int height = 32;
        float[] p = new float[3 * width * height];
        for (int i = 0; i < p.length; i++) {
            p[i] = i % width < width / 2 ? 0.45f : 0.55f;
        }
        Image content = Image.of(width, height, p);
        Image style = blocky(64, 64, 12, 0.4, 0.6);
        float[] plain = ColorTransfer.of(style, Options.standard().withDetail(0))
                .apply(content, 1)
                .pixels();
        float[] found = ColorTransfer.of(style, Options.standard().withDetail(1))
                .apply(content, 1)
                .pixels();
        float step = Math.abs(plain[0] - plain[width - 1]);
        float rim = 0;
        for (int i = 0; i < found.length; i++) {
            rim = Math.max(rim, Math.abs(found[i] - plain[i]));
        }
        // 0.15; bands scaled evenly would give 0.48
        assertThat(rim).isLessThan(0.2f * step);
    }

    @Test
    void alphaIsKeptAndTransparentPixelsDoNotCount() {
        Image content = noisy(20, 10, 13, 0.3, 0.7);
        float[] alpha = new float[200];
        Arrays.fill(alpha, 0, 100, 1);
        Image half = Image.of(20, 10, content.pixels(), alpha);
        Image style = noisy(30, 30, 14, 0.2, 0.8);
        Image result = ColorTransfer.of(style, Options.standard().withDetail(0)).apply(half, 1);
        assertThat(result.alpha()).isEqualTo(alpha);

        float[] opaque = new float[300];
        for (int c = 0; c < 3; c++) {
            System.arraycopy(content.pixels(), 200 * c, opaque, 100 * c, 100);
        }
        float[] expected = ColorTransfer.of(style, Options.standard().withDetail(0))
                .apply(Image.of(20, 5, opaque), 1)
                .pixels();
        for (int c = 0; c < 3; c++) {
            assertThat(Arrays.copyOfRange(result.pixels(), 200 * c, 200 * c + 100))
                    .containsExactly(Arrays.copyOfRange(expected, 100 * c, 100 * c + 100), within(1e-6f));
        }
    }

    @Test
    void aFullyTransparentPictureIsMappedWithoutNaN() {
        Image clear = Image.of(4, 4, noisy(4, 4, 15, 0, 1).pixels(), new float[16]);
        for (Image result : new Image[] {
            ColorTransfer.of(clear).apply(noisy(5, 5, 16, 0, 1), 1),
            ColorTransfer.of(noisy(5, 5, 17, 0, 1)).apply(clear, 1)
        }) {
            for (float v : result.pixels()) {
                assertThat(v).isBetween(0f, 1f);
            }
        }
    }

    @Test
    void aPreparedStyleServesManyContentsWithTheSameBits() {
        ColorTransfer style = ColorTransfer.of(noisy(31, 17, 18, 0, 0.5));
        Image first = noisy(40, 300, 19, 0.2, 1);
        float[] expected = style.apply(first, 0.8).pixels();
        style.apply(noisy(7, 7, 20, 0, 1), 1);
        assertThat(style.apply(first, 0.8).pixels()).isEqualTo(expected);
    }

    @Test
    void threadsDoNotChangeBits() {
        Image style = noisy(90, 400, 21, 0, 0.6);
        Image content = noisy(50, 700, 22, 0.1, 1);
        float[][] results = new float[2][];
        for (int i = 0; i < 2; i++) {
            Options threads =
                    Options.standard().withThreadsOf(BackendOptions.cpu().withThreads(i == 0 ? 1 : 5));
            results[i] = ColorTransfer.of(style, threads).apply(content, 1).pixels();
        }
        assertThat(results[1]).isEqualTo(results[0]);
    }

    @Test
    void refusesStrengthsAndOptionsOutOfRange() {
        Image picture = noisy(3, 3, 23, 0, 1);
        ColorTransfer style = ColorTransfer.of(picture);
        for (double strength : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> style.apply(picture, strength))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("strength")
                    .hasMessageContaining(String.valueOf(strength));
        }
        assertThatThrownBy(() -> new Options(0, 0.5)).hasMessageContaining("noise");
        assertThatThrownBy(() -> new Options(0.01, 2)).hasMessageContaining("detail");
    }

    /** As a backend does: the caller works with threads that an executor lends, all of which may be callers, too. */
    @Test
    void worksOnLentThreads() throws Exception {
        Image content = noisy(20, 700, 1, 0.2, 0.9);
        Image style = noisy(20, 20, 2, 0, 0.4);
        Image expected = ColorTransfer.of(style).apply(content, 1);
        AtomicInteger lent = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Executor executor = work -> {
                lent.incrementAndGet();
                threads.execute(work);
            };
            Options options = Options.standard()
                    .withThreadsOf(BackendOptions.cpu().withThreads(3).withExecutor(executor));
            List<Future<Image>> callers = new ArrayList<>();
            for (int caller = 0; caller < 2; caller++) {
                callers.add(
                        threads.submit(() -> ColorTransfer.of(style, options).apply(content, 1)));
            }
            for (Future<Image> caller : callers) {
                assertThat(caller.get(60, TimeUnit.SECONDS)).isEqualTo(expected);
            }
            assertThat(lent).hasPositiveValue();
            int before = lent.get();
            ColorTransfer.of(
                            style,
                            options.withThreadsOf(
                                    BackendOptions.cpu().withThreads(1).withExecutor(executor)))
                    .apply(content, 1);
            assertThat(lent).hasValue(before);
            threads.shutdown();
            assertThat(ColorTransfer.of(style, options.withDetail(0.5)).apply(content, 1))
                    .isEqualTo(expected); // refused threads: the caller does it all
        } finally {
            threads.shutdownNow();
        }
    }

    private static ColorStatistics statistics(Image picture) {
        return ColorTransfer.toLab(RowPieces.standard(), picture.pixels(), picture.width(), picture.height(), null);
    }

    private static double[] bands(Image picture) {
        float[] lab = picture.pixels();
        ColorTransfer.toLab(RowPieces.standard(), lab, picture.width(), picture.height(), null);
        return ColorTransfer.bandDeviations(RowPieces.standard(), lab, picture.width(), picture.height(), null);
    }

    private static Image flat(int width, int height, float red, float green, float blue) {
        float[] p = new float[3 * width * height];
        Arrays.fill(p, 0, width * height, red);
        Arrays.fill(p, width * height, 2 * width * height, green);
        Arrays.fill(p, 2 * width * height, p.length, blue);
        return Image.of(width, height, p);
    }

    private static Image grey(int width, int height, long seed) {
        float[] p = noisy(width, height, seed, 0, 1).pixels();
        int plane = width * height;
        System.arraycopy(p, 0, p, plane, plane);
        System.arraycopy(p, 0, p, 2 * plane, plane);
        return Image.of(width, height, p);
    }

    /** Correlated channels of uniform noise. */
    private static Image noisy(int width, int height, long seed, double low, double high) {
        Random random = new Random(seed);
        int plane = width * height;
        float[] p = new float[3 * plane];
        double slant = random.nextDouble();
        for (int i = 0; i < plane; i++) {
            double common = random.nextDouble();
            for (int c = 0; c < 3; c++) {
                double mix = 0.4 + 0.2 * slant * c;
                p[c * plane + i] = (float) (low + (high - low) * (mix * common + (1 - mix) * random.nextDouble()));
            }
        }
        return Image.of(width, height, p);
    }

    /** Grey squares of 1 to 8 pixels: as much structure in every band. */
    private static Image blocky(int width, int height, long seed, double low, double high) {
        float[] p = new float[3 * width * height];
        float[] fine = grey(width, height, seed).pixels();
        for (int i = 0; i < p.length; i++) {
            int x = i % width;
            int y = i / width % height;
            double sum = 0;
            for (int size = 1; size <= 8; size *= 2) {
                sum += fine[(y / size * size) * width + x / size * size];
            }
            p[i] = (float) (low + (high - low) * sum / 4);
        }
        return Image.of(width, height, p);
    }

    /** A slow wave with a little noise on it. */
    private static Image faint(int width, int height, long seed) {
        float[] p = noisy(width, height, seed, -0.02, 0.02).pixels();
        for (int i = 0; i < p.length; i++) {
            p[i] += (float) (0.5 + 0.3 * Math.sin(i % width * (2 * Math.PI / width)));
        }
        return Image.of(width, height, p);
    }
}
