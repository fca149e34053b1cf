package org.impasto.nn.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.BackendException;
import org.impasto.core.Backends;
import org.impasto.core.CancelledException;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.style.StyleOptimization.Method;
import org.impasto.nn.style.StyleOptimization.Settings;
import org.impasto.nn.style.StyleOptimization.Start;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggVariant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StyleOptimizationTest {
    private static final VggVariant SMALL = VggVariant.torchvision(new int[] {1, 1, 1}, new int[] {8, 12, 16});

    private final Backend backend = Backends.standard();
    private final long live = Storage.live();

    @AfterEach
    void nothingIsHeld() {
        assertThat(Storage.live()).isEqualTo(live);
    }

    private Model<Vgg> network() {
        return Model.fresh(backend, 3, p -> new Vgg(p, SMALL));
    }

    private Tensor picture(long height, long width) {
        return Tensor.noise(backend, Spec.float32(1, 3, height, width))
                .affine(0.2, 0.5)
                .clamp(0, 1);
    }

    @ParameterizedTest
    @EnumSource
    void theLossFallsAtEachScaleAndProgressIsTold(Method method) {
        List<Double> fractions = new ArrayList<>();
        List<StyleOptimization.Progress> told = new ArrayList<>();
        try (Scope scope = Scope.open(Run.inference(1).onProgress(fractions::add));
                Model<Vgg> model = network()) {
            StyleOptimization optimization = new StyleOptimization(
                    model,
                    Settings.standard()
                            .withSteps(method == Method.LBFGS ? 8 : 40)
                            .withScales(2)
                            .withMethod(method));
            assertThat(model.weights().all()).noneMatch(Parameter::isTrainable);
            Tensor result = optimization.apply(picture(97, 110), picture(120, 99), told::add);
            assertThat(result.shape()).isEqualTo(Shape.of(1, 3, 97, 110));
            assertThat(result.min().item()).isNotNegative();
            assertThat(result.max().item()).isLessThanOrEqualTo(1);
        }
        assertThat(told).first().matches(each -> each.width() == 55 && each.height() == 49 && each.step() == 0);
        assertThat(told).last().matches(each -> each.width() == 110 && each.height() == 97);
        for (int width : new int[] {55, 110}) {
            List<Double> losses = told.stream()
                    .filter(each -> each.width() == width)
                    .map(StyleOptimization.Progress::loss)
                    .toList();
            assertThat(losses.get(losses.size() - 1)).isLessThan(0.9 * losses.get(0));
        }
        assertThat(fractions).isSorted().last().isEqualTo(1.0);
    }

    @Test
    void aPictureThatFitsStaysAsItIs() {
        try (Scope scope = Scope.open(Run.inference(1));
                Model<Vgg> model = network()) {
            Tensor same = picture(60, 50);
            StyleOptimization optimization = new StyleOptimization(
                    model, Settings.standard().withSteps(3).withScales(1).withWeights(1, 1, 0));
            assertThat(optimization.apply(same, same).toFloats()).isEqualTo(same.toFloats());
        }
    }

    @ParameterizedTest
    @EnumSource
    void itCanBeCancelled(Method method) {
        Run run = Run.inference(1);
        try (Scope scope = Scope.open(run);
                Model<Vgg> model = network()) {
            StyleOptimization optimization =
                    new StyleOptimization(model, Settings.standard().withMethod(method));
            Tensor content = picture(60, 50);
            Tensor style = picture(50, 50);
            assertThatThrownBy(() -> optimization.apply(content, style, progress -> {
                        if (progress.step() == 2) {
                            run.cancel();
                        }
                    }))
                    .isInstanceOf(CancelledException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void aLearningRateIsAboveZero(double rate) {
        assertThatThrownBy(
                        () -> new Settings(List.of(), List.of(), 1, 100, 1, Method.ADAM, rate, 3, 1, Start.CONTENT, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("learning rate is " + rate);
    }

    @Test
    void aSearchThatDivergesEndsWithTheCure() {
        Settings wild = new Settings(List.of(), List.of(), 1, 100, 1, Method.ADAM, 1e30, 3, 1, Start.CONTENT, 0);
        try (Model<Vgg> model = network();
                Scope scope = Scope.open(Run.inference(1))) {
            Tensor content = picture(16, 16);
            assertThatThrownBy(() -> new StyleOptimization(model, wild).apply(content, picture(16, 16)))
                    .isInstanceOf(BackendException.class)
                    .hasMessageContainingAll("after step 1 the loss is", "smaller learning rate");
        }
    }

    @Test
    void aLayerThatIsNotThereIsNamed() {
        try (Model<Vgg> model = network()) {
            assertThatThrownBy(() ->
                            new StyleOptimization(model, Settings.standard().withLayers(List.of("relu4_2"), List.of())))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("'relu4_2'");
        }
    }
}
