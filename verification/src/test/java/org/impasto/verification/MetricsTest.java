package org.impasto.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.ElementType;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Storage;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.core.image.ColorSpaces;
import org.impasto.core.image.Image;
import org.impasto.nn.Model;
import org.impasto.nn.functional.Colors;
import org.impasto.nn.functional.Similarity;
import org.impasto.nn.functional.TotalVariation;
import org.impasto.nn.metrics.FrechetDistance;
import org.impasto.nn.metrics.KernelDistance;
import org.impasto.nn.metrics.Lpips;
import org.impasto.nn.metrics.PictureMetric;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggVariant;
import org.impasto.testing.GradientCheck;
import org.impasto.testing.ReferenceBackend;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final Backend backend = Backends.standard();

    private Tensor picture(int height, int width) {
        return Tensor.noise(backend, Spec.float32(1, 3, height, width))
                .affine(0.2, 0.5)
                .clamp(0, 1);
    }

    private Tensor features(int count, int length, double shift) {
        return Tensor.noise(backend, new Spec(Shape.of(count, length), ElementType.FLOAT64))
                .affine(1, shift);
    }

    // ---- pictures

    @Test
    void equalPicturesHaveTheBestValueOfEachMetric() {
        long before = Storage.live();
        try (Model<Vgg> vgg19 = Model.fresh(backend, 1, p -> new Vgg(p, VggVariant.torchvision19()));
                Model<Vgg> vgg16 = Model.fresh(backend, 1, p -> new Vgg(p, VggVariant.torchvision16()));
                Model<Lpips> lpips = Model.fresh(backend, 1, Lpips::new);
                Scope scope = Scope.open(Run.inference(1))) {
            Tensor x = picture(33, 40);
            assertThat(PictureMetric.psnr().compare(x, x)).isInfinite();
            assertThat(PictureMetric.ssim().compare(x, x)).isCloseTo(1, within(1e-6));
            assertThat(PictureMetric.styleSimilarity(vgg19.net()).compare(x, x)).isZero();
            assertThat(PictureMetric.lpips(vgg16.net(), lpips.net()).compare(x, x))
                    .isZero();
            assertThat(PictureMetric.styleSimilarity(vgg19.net()).compare(x, picture(40, 31)))
                    .isPositive();
        }
        assertThat(Storage.live()).isEqualTo(before);
    }

    @Test
    void picturesOfKnownDifferenceHaveKnownValues() {
        float[] black = new float[3 * 16 * 16];
        float[] grey = new float[3 * 16 * 16];
        Arrays.fill(grey, 0.1f);
        Image one = Image.of(16, 16, black);
        Image other = Image.of(16, 16, grey);
        assertThat(PictureMetric.psnr().compare(backend, one, other)).isCloseTo(20, within(1e-4));
        // Without variance the index is that of the means: c1 / (0.01 + c1) with c1 = 1e-4.
        assertThat(PictureMetric.ssim().compare(backend, one, other)).isCloseTo(1e-4 / 0.0101, within(1e-6));
    }

    @Test
    void picturesThatDoNotFitAreRefused() {
        try (Scope scope = Scope.open(Run.inference(1))) {
            Tensor small = picture(10, 20);
            assertThatThrownBy(() -> PictureMetric.ssim().compare(small, small))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("at least 11 x 11");
            assertThatThrownBy(() -> PictureMetric.psnr().compare(small, picture(20, 10)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("expected the same");
        }
    }

    @Test
    void similarityHasGradients() {
        try (Scope scope = Scope.open(Run.inference(2))) {
            Backend reference = new ReferenceBackend();
            Spec spec = Spec.float32(1, 2, 12, 13);
            Tensor x = Tensor.noise(reference, spec);
            Tensor y = Tensor.noise(reference, spec);
            GradientCheck.check(p -> Similarity.ssimMap(p.get(0), p.get(1), Similarity.SsimOptions.standard()), x, y);
            GradientCheck.check(p -> Similarity.psnr(p.get(0), p.get(1), 1), x, y);
            GradientCheck.check(TotalVariation::isotropic, x);
        }
    }

    @Test
    void coloursAreThoseOfPlanes() {
        try (Scope scope = Scope.open(Run.inference(3))) {
            // Twice one plane set, some of it outside of [0, 1].
            float[] planes = Tensor.noise(backend, Spec.float32(3, 7, 9))
                    .affine(0.4, 0.5)
                    .toFloats();
            float[] twice = Arrays.copyOf(planes, 2 * planes.length);
            System.arraycopy(planes, 0, twice, planes.length, planes.length);
            Tensor x = Tensor.of(backend, Shape.of(2, 3, 7, 9), twice);
            near(Colors.rgbToLab(x), ColorSpaces.rgbToLab(planes), 5e-5f);
            near(Colors.labToRgb(Colors.rgbToLab(x)), planes, 2e-5f);
            near(Colors.rgbToYcbcr(x), ColorSpaces.rgbToYcbcr(planes), 1e-6f);
            near(Colors.ycbcrToRgb(x), ColorSpaces.ycbcrToRgb(planes), 1e-6f);
            near(Colors.rgbToYuv(x), ColorSpaces.rgbToYuv(planes), 1e-6f);
            near(Colors.yuvToRgb(x), ColorSpaces.yuvToRgb(planes), 1e-6f);
            near(Colors.srgbToLinear(x), ColorSpaces.srgbToLinear(planes), 1e-6f);
            near(Colors.linearToSrgb(x), ColorSpaces.linearToSrgb(planes), 1e-6f);
            Tensor limits = Tensor.of(
                    backend, Shape.of(3), new float[] {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN});
            assertThat(Colors.srgbToLinear(limits).toFloats()).containsExactly(limits.toFloats());
            assertThat(Colors.linearToSrgb(limits).toFloats()).containsExactly(limits.toFloats());
            assertThatThrownBy(() -> Colors.rgbToLab(x.slice(1, 0, 2))).isInstanceOf(ShapeException.class);
        }
    }

    private static void near(Tensor found, float[] planes, float tolerance) {
        float[] twice = Arrays.copyOf(planes, 2 * planes.length);
        System.arraycopy(planes, 0, twice, planes.length, planes.length);
        assertThat(found.toFloats()).containsExactly(twice, within(tolerance));
    }

    @Test
    void coloursHaveGradients() {
        try (Scope scope = Scope.open(Run.inference(4))) {
            Tensor x = Tensor.noise(new ReferenceBackend(), Spec.float32(1, 3, 4, 5))
                    .affine(0.2, 0.5);
            GradientCheck.check(Colors::rgbToLab, x);
            GradientCheck.check(Colors::labToRgb, x.affine(50, 10));
        }
    }

    // ---- features

    @Test
    void featuresThatAreZeroHaveAFinitePerceptualGradient() {
        try (Model<Lpips> lpips = Model.fresh(backend, 1, Lpips::new);
                Scope scope = Scope.open()) {
            lpips.weights().all().forEach(weight -> weight.set(Tensor.full(backend, weight.spec(), 1)));
            List<Tensor> zeros = new ArrayList<>();
            List<Tensor> ones = new ArrayList<>();
            for (int channels : new int[] {64, 128, 256, 512, 512}) {
                zeros.add(Tensor.full(backend, Spec.float32(1, channels, 2, 2), 0));
                ones.add(Tensor.full(backend, Spec.float32(1, channels, 2, 2), 1));
            }
            Tape.Gradients gradients = Tape.gradients(
                    (List<Tensor> x) -> lpips.net().distance(x, ones).distance().sum(), zeros);
            // Unit vectors from nothing: a squared distance of 1 at each of five levels.
            assertThat(gradients.value().item()).isCloseTo(5, within(1e-5));
            gradients.inputs().forEach(gradient -> {
                for (float value : gradient.toFloats()) {
                    assertThat(value).isFinite();
                }
            });
            assertThatThrownBy(() -> lpips.net().distance(ones.subList(0, 4), ones))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> lpips.net()
                            .distance(ones, List.of(ones.get(1), ones.get(1), ones.get(2), ones.get(3), ones.get(4))))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("relu1_2");
        }
    }

    @Test
    void equalDistributionsAreAtNoDistance() {
        try (Scope scope = Scope.open(Run.inference(5))) {
            Tensor x = features(40, 6, 0);
            // The root of a rounding of 1e-16 is 1e-8.
            assertThat(FrechetDistance.between(x, x)).isCloseTo(0, within(1e-7));
            // Fewer features than there are dimensions: a singular covariance.
            Tensor few = features(4, 6, 0);
            assertThat(FrechetDistance.between(few, few)).isCloseTo(0, within(1e-7));
            // A shift by 1 in each of 6 dimensions is a squared distance of 6.
            assertThat(FrechetDistance.between(x, x.affine(1, 1))).isCloseTo(6, within(1e-7));
            assertThatThrownBy(() -> FrechetDistance.between(x, features(40, 5, 0)))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> FrechetDistance.between(x, features(1, 6, 0)))
                    .isInstanceOf(ShapeException.class);
        }
    }

    @Test
    void kernelDistancesOfSubsetsScatterAroundThatOfTheWhole() {
        try (Scope scope = Scope.open(Run.inference(6))) {
            Tensor x = features(300, 5, 0);
            Tensor y = features(200, 5, 0.5);
            double whole = KernelDistance.full(x, y).item();
            KernelDistance.Subsets subsets = KernelDistance.subsets(x, y, 20, 80, 7);
            double deviation = subsets.deviation().item();
            assertThat(whole).isPositive();
            assertThat(subsets.mean().item()).isCloseTo(whole, within(3 * deviation));
            assertThat(KernelDistance.subsets(x, y, 20, 80, 7).values().toDoubles())
                    .isEqualTo(subsets.values().toDoubles());
            assertThat(KernelDistance.subsets(x, y, 1, 200, 8).values().toDoubles())
                    .hasSize(1);
            assertThatThrownBy(() -> KernelDistance.subsets(x, y, 1, 201, 8)).isInstanceOf(ShapeException.class);
            for (int tooFew : new int[] {-1, 0, 1}) {
                assertThatThrownBy(() -> KernelDistance.subsets(x, y, 1, tooFew, 8))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContaining("1 subsets of " + tooFew + " features");
            }
            assertThatThrownBy(() -> KernelDistance.subsets(x, y, -1, 2, 8))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("-1 subsets of 2 features");
            assertThatThrownBy(() -> KernelDistance.full(x, features(9, 4, 0))).isInstanceOf(ShapeException.class);
        }
    }
}
