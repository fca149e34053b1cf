package org.impasto.nn.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.impasto.core.BackendException;
import org.impasto.core.Backends;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Shape;
import org.impasto.core.Storage;
import org.impasto.core.Tensor;
import org.impasto.core.WeightException;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Init;
import org.impasto.nn.Linear;
import org.impasto.nn.Model;
import org.impasto.nn.Parameters;
import org.impasto.nn.optim.Optimizer;
import org.impasto.nn.optim.Sgd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DivergenceTest {
    @TempDir
    Path folder;

    private final Run run = Run.training(1);

    /** Three layers; what happens behind the second one's parameter is the test's. */
    private static final class Net {
        private final Linear head;
        private final Parameter gain;
        private final Linear tail;
        private final BiFunction<Tensor, Tensor, Tensor> middle;

        Net(Parameters p, BiFunction<Tensor, Tensor, Tensor> middle) {
            head = new Linear(p.in("head"), 2, 2);
            gain = p.in("body.middle").get("gain", Shape.of(1, 2), Init.constant(1));
            tail = new Linear(p.in("tail"), 2, 1);
            this.middle = middle;
        }

        Tensor forward(Tensor x) {
            return tail.forward(middle.apply(head.forward(x), gain.on(x)));
        }
    }

    /** Trains on ones, but at step 8 on something else. */
    private DivergedException diverge(
            float odd, double rate, BiFunction<Tensor, Tensor, Tensor> middle, Consumer<Trainer<Float>> others) {
        long live = Storage.live();
        try (Model<Net> model = Model.fresh(Backends.standard(), 5, p -> new Net(p, middle));
                Optimizer sgd = new Sgd(model.weights(), rate)) {
            Trainer<Float> trainer = new Trainer<Float>(
                            model,
                            sgd,
                            step -> step == 7 ? odd : 1f,
                            (batch, on) -> Loss.of(model.net()
                                    .forward(Tensor.of(on, Shape.of(1, 2), batch, batch))
                                    .square()
                                    .mean()))
                    .steps(20)
                    .folder(folder)
                    .checkpointEvery(3);
            others.accept(trainer);
            DivergedException diverged = catchThrowableOfType(DivergedException.class, () -> trainer.train(run));
            assertThat(diverged).isNotNull();
            assertThat(diverged.checkpoint()).isEqualTo(folder.resolve("checkpoints/step-000000006.safetensors"));
            assertThat(diverged).hasMessageContaining("checkpoints/step-000000006.safetensors");
            assertThat(newestCheckpoint()).isEqualTo(diverged.checkpoint());
            return diverged;
        } finally {
            assertThat(Storage.live()).isEqualTo(live);
        }
    }

    private Path newestCheckpoint() {
        try (Stream<Path> files = Files.list(folder.resolve("checkpoints"))) {
            return files.max(Comparator.naturalOrder()).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A layer that takes no gain but its first one. */
    private static Tensor onlyOnes(Tensor x, Tensor gain) {
        if (gain.plain().min().item() != 1 || gain.plain().max().item() != 1) {
            throw new WeightException("body.middle.gain: not all ones");
        }
        return x.mul(gain);
    }

    @Test
    void lossesAboveTheBoundStop() {
        DivergedException diverged = diverge(1e6f, 1e-6, (x, gain) -> x.mul(gain), trainer -> trainer.stopAbove(1e6));
        assertThat(diverged.step()).isEqualTo(8);
        assertThat(diverged.layer()).isNull();
        assertThat(diverged).hasMessageContainingAll("step 8", "above the bound of 1000000.0");
    }

    @Test
    void aBadResultIsFound() {
        DivergedException diverged = diverge(
                0, 0, (x, gain) -> x.sub(x.detach()).add(gain).mul(x.square().reciprocal()), trainer -> {});
        assertThat(diverged.step()).isEqualTo(8);
        assertThat(diverged.layer()).isEqualTo("body.middle");
        assertThat(diverged)
                .hasMessageContainingAll("the loss is ", "in layer 'body.middle'", "in the forward pass gave");
    }

    @Test
    void aBadResultIsFoundInsideACheckpoint() {
        DivergedException diverged = diverge(
                0,
                0,
                (x, gain) -> Tensor.checkpoint(
                        inputs -> inputs.get(1)
                                .mul(inputs.get(0).square())
                                .mul(inputs.get(0).square().reciprocal()),
                        x,
                        gain),
                trainer -> {});
        assertThat(diverged.layer()).isEqualTo("body.middle");
        assertThat(diverged).hasMessageContaining("reciprocal in the forward pass gave Infinity");
    }

    @Test
    void aBadGradientIsFound() {
        // The root of zero is zero, its slope is not finite.
        DivergedException diverged =
                diverge(0, 0, (x, gain) -> x.mul(gain).square().sum().sqrt().mul(x), trainer -> {});
        assertThat(diverged.layer()).isEqualTo("body.middle");
        assertThat(diverged).hasMessageContainingAll("gradient of", "in layer 'body.middle': the gradient of");
    }

    @Test
    void aBadBatchIsFound() {
        DivergedException diverged = diverge(Float.NaN, 1e-6, (x, gain) -> x.mul(gain), trainer -> {});
        assertThat(diverged.layer()).isNull();
        assertThat(diverged).hasMessageContainingAll("before the first layer", "values given", "gave NaN");
    }

    @Test
    void aBadWeightIsFound() {
        // Huge gradients that are still finite, times the rate: weights that are not.
        DivergedException diverged = diverge(
                1e12f, 1e20, (x, gain) -> x.mul(gain), trainer -> trainer.schedule(step -> step == 7 ? 1e20 : 0));
        assertThat(diverged.step()).isEqualTo(9);
        assertThat(diverged.layer()).isIn("head", "body.middle", "tail");
        assertThat(diverged).hasMessageContaining("was already");
    }

    @Test
    void aLayerThatRefusesIsNamedWithStepAndCheckpoint() {
        BackendException refusal = new BackendException("coupling: the scale overflows");
        DivergedException diverged = diverge(
                1e6f,
                1e-6,
                (x, gain) -> {
                    if (x.plain().abs().max().item() > 1e5) {
                        throw refusal;
                    }
                    return x.mul(gain);
                },
                trainer -> {});
        assertThat(diverged.step()).isEqualTo(8);
        assertThat(diverged).hasCause(refusal).hasMessageContainingAll("step 8", "coupling: the scale overflows");
    }

    @Test
    void aLayerThatRefusesInfiniteNumbersIsFound() {
        DivergedException diverged = diverge(
                1e30f,
                1e-6,
                (x, gain) -> {
                    Tensor square = x.mul(gain).square();
                    if (!Double.isFinite(square.plain().sum().item())) {
                        throw new BackendException("coupling: not finite");
                    }
                    return square;
                },
                trainer -> {});
        assertThat(diverged.layer()).isEqualTo("body.middle");
        assertThat(diverged).hasMessageContainingAll("coupling: not finite", "gave Infinity");
    }

    @Test
    void weightsThatWereNeverTrainedHaveNotDiverged() {
        try (Model<Net> model = Model.fresh(Backends.standard(), 5, p -> new Net(p, DivergenceTest::onlyOnes));
                Optimizer sgd = new Sgd(model.weights(), 1)) {
            model.weights().get("body.middle.gain").set(Tensor.of(Backends.standard(), Shape.of(1, 2), 1, 2));
            assertThatThrownBy(() -> new Trainer<Float>(
                                    model,
                                    sgd,
                                    step -> 1f,
                                    (batch, on) -> Loss.of(model.net()
                                            .forward(Tensor.of(on, Shape.of(1, 2), batch, batch))
                                            .mean()))
                            .steps(2)
                            .train(run))
                    .isInstanceOf(WeightException.class)
                    .hasMessage("body.middle.gain: not all ones");
        }
    }

    @Test
    void weightsThatALayerRefusesAreNotWritten() {
        // Nothing changes until step 9, behind which a checkpoint would be written.
        DivergedException diverged =
                diverge(1, 1, DivergenceTest::onlyOnes, trainer -> trainer.schedule(step -> step == 8 ? 0.1 : 0));
        assertThat(diverged.step()).isEqualTo(9);
        assertThat(diverged).hasCauseInstanceOf(WeightException.class);
        assertThat(diverged).hasMessageContainingAll("step 9", "after the update", "body.middle.gain: not all ones");
        try (WeightFile written = WeightFile.open(folder.resolve("weights.safetensors"))) {
            assertThat(written.readFloats("body.middle.gain")).containsExactly(1, 1);
        }
    }

    @Test
    void weightsOfTheLastStepThatALayerRefusesAreNotWritten() {
        DivergedException diverged = diverge(
                1, 1, DivergenceTest::onlyOnes, trainer -> trainer.steps(8).schedule(step -> step == 7 ? 0.1 : 0));
        assertThat(diverged.step()).isEqualTo(8);
    }

    @Test
    void weightsThatGiveNoFiniteLossAreNotWritten() {
        DivergedException diverged = diverge(
                1,
                1,
                (x, gain) -> x.mul(gain.affine(-1, 1).affine(1e30, 1).square()),
                trainer -> trainer.schedule(step -> step == 8 ? 0.1 : 0));
        assertThat(diverged.step()).isEqualTo(9);
        assertThat(diverged.layer()).isEqualTo("body.middle");
        assertThat(diverged).hasMessageContainingAll("after the update the loss is", "in the forward pass gave");
    }

    @Test
    void aCancelledRunWritesNoInfiniteWeights() {
        DivergedException diverged = diverge(
                1e12f,
                1e20,
                (x, gain) -> x.mul(gain),
                trainer -> trainer.schedule(step -> step == 7 ? 1e20 : 0).listener(progress -> {
                    if (progress.step() == 8) {
                        run.cancel();
                    }
                }));
        assertThat(diverged.step()).isEqualTo(8);
        assertThat(diverged).hasMessageContainingAll("after the update a weight is not finite", "was already");
    }
}
