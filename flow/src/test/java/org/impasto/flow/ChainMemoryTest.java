package org.impasto.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.ElementType;
import org.impasto.core.PaddingMode;
import org.impasto.core.Parameter;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Storage;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.flow.RandomFlows.Kind;
import org.impasto.nn.BatchNorm2d;
import org.impasto.nn.Conv2d;
import org.impasto.nn.Layer;
import org.impasto.nn.Model;
import org.impasto.nn.Parameters;
import org.impasto.testing.ObservedBackend;
import org.junit.jupiter.api.Test;

/** A chain on a tape: its gradient is that of stored activations, its memory does not grow with its length. */
class ChainMemoryTest {
    private static final int[] LENGTHS = {4, 64};
    private static final long KEPT_BYTES = 30_000; // of a few steps

    @Test
    void gradientsAreThoseOfStoredActivations() {
        for (int length : LENGTHS) {
            try (Scope scope = Scope.open();
                    Model<InvertibleSequence> model = steps(Backends.standard(), length)) {
                Tensor x = RandomFlows.uniform(Backends.standard(), 1, 2, 4, 6, 5);
                Tape.Gradients walked = gradients(model.net(), InvertibleSequence::forward, x);
                Tape.Gradients stored = gradients(model.net(), InvertibleSequence::forwardKeepingAll, x);
                compare(walked, stored, length);
                for (long kept : new long[] {1, KEPT_BYTES, Long.MAX_VALUE}) {
                    model.net().keepOnTapes(kept);
                    compare(gradients(model.net(), InvertibleSequence::forward, x), stored, length);
                }
            }
        }
    }

    private static void compare(Tape.Gradients found, Tape.Gradients expected, int length) {
        compare("x", found.inputs().get(0), expected.inputs().get(0), length);
        assertThat(found.parameters().keySet()).isEqualTo(expected.parameters().keySet());
        for (Map.Entry<Parameter, Tensor> entry : expected.parameters().entrySet()) {
            compare(entry.getKey().path(), found.parameters().get(entry.getKey()), entry.getValue(), length);
        }
    }

    private static Model<InvertibleSequence> steps(Backend backend, int length) {
        return RandomFlows.model(
                backend,
                length,
                0.3,
                p -> RandomFlows.chain(p, Collections.nCopies(length, Kind.GLOW_STEP), 4, 6, 5, 8));
    }

    private static Tape.Gradients gradients(
            InvertibleSequence chain, BiFunction<InvertibleSequence, Tensor, Invertible.Result> forward, Tensor x) {
        return Tape.gradients(
                t -> {
                    Invertible.Result result = forward.apply(chain, t);
                    return result.y().square().mean().sub(result.logDet().mean());
                },
                x);
    }

    /** Networks see numbers rounded to float32, which now and then round the other way: a few float32 roundings. */
    private static void compare(String what, Tensor found, Tensor expected, int length) {
        double largest = expected.abs().max().item();
        assertThat(found.sub(expected).abs().max().item())
                .as(what + " of " + length)
                .isCloseTo(0, within(32 * 0x1p-24 * largest));
    }

    /** The walk back computes networks again, which must not move their running statistics a second time. */
    @Test
    void buffersMoveOnceAStep() {
        for (Function<Parameters, Invertible> layer : List.<Function<Parameters, Invertible>>of(
                p -> new MaskCoupling(p, Mask.checkerboard(6, 5), 4, q -> new Normalised(q, 4, 8)),
                p -> InvertibleSequence.of(new AffineCoupling(new Normalised(p, 2, 4))))) {
            List<float[]> means = new ArrayList<>();
            for (long kept : new long[] {0, Long.MAX_VALUE}) {
                try (Scope scope = Scope.open(Run.training(1));
                        Model<InvertibleSequence> model = Model.fresh(
                                Backends.standard(),
                                1,
                                p -> InvertibleSequence.of(new ActNorm(p.in("norm"), 4), layer.apply(p.in("layer"))))) {
                    model.net().keepOnTapes(kept);
                    Tensor x = RandomFlows.uniform(Backends.standard(), 1, 2, 4, 6, 5);
                    gradients(model.net(), InvertibleSequence::forward, x);
                    means.add(model.weights().all().stream()
                            .filter(parameter -> parameter.path().endsWith("running_mean"))
                            .findFirst()
                            .orElseThrow()
                            .value()
                            .toFloats());
                }
            }
            assertThat(means.get(0)).isEqualTo(means.get(1)).isNotEqualTo(new float[means.get(0).length]);
        }
    }

    private static final class Normalised implements Layer {
        private final BatchNorm2d norm;
        private final Conv2d convolution;

        Normalised(Parameters p, int in, int out) {
            norm = new BatchNorm2d(p.in("batch"), in, 1e-5);
            convolution = Conv2d.same(p.in("conv"), in, out, 3, PaddingMode.ZERO);
        }

        @Override
        public Tensor forward(Tensor x) {
            return convolution.forward(norm.forward(x));
        }
    }

    @Test
    void memoryDoesNotGrowWithTheLength() {
        long[] walked = new long[2];
        long[] stored = new long[2];
        for (int i = 0; i < 2; i++) {
            ObservedBackend observed = new ObservedBackend(Backends.standard());
            try (Scope scope = Scope.open();
                    Model<InvertibleSequence> model = steps(observed, LENGTHS[i])) {
                // What the walk back gives to the parameters is not memory of the chain.
                model.weights().all().forEach(parameter -> parameter.setTrainable(false));
                Tensor x = RandomFlows.uniform(observed, 1, 2, 4, 6, 5);
                walked[i] = peak(observed, model.net(), InvertibleSequence::forward, x);
                stored[i] = peak(observed, model.net(), InvertibleSequence::forwardKeepingAll, x);
            }
        }
        assertThat(walked[1]).as("storages for 4 and 64 steps").isEqualTo(walked[0]);
        assertThat(stored[1]).as("with stored activations").isGreaterThan(stored[0] + 4 * (LENGTHS[1] - LENGTHS[0]));
    }

    @Test
    void whatATapeMayKeepBoundsItsMemory() {
        int[] lengths = {16, 64};
        long[] peaks = new long[2];
        for (int i = 0; i < 2; i++) {
            ObservedBackend observed = new ObservedBackend(Backends.standard());
            try (Scope scope = Scope.open();
                    Model<InvertibleSequence> model = steps(observed, lengths[i])) {
                model.weights().all().forEach(parameter -> parameter.setTrainable(false));
                model.net().keepOnTapes(KEPT_BYTES);
                Tensor x = RandomFlows.uniform(observed, 1, 2, 4, 6, 5);
                peaks[i] = peak(observed, model.net(), InvertibleSequence::forward, x);
            }
        }
        assertThat(peaks[1]).as("storages for 16 and 64 steps").isEqualTo(peaks[0]);
    }

    @Test
    void aFrozenMatrixKeepsNoInput() {
        try (Scope scope = Scope.open();
                Model<LuConvolution1x1> model =
                        RandomFlows.model(Backends.standard(), 2, 0.3, p -> new LuConvolution1x1(p, 4))) {
            Tensor x = RandomFlows.uniform(Backends.standard(), 1, 2, 4, 6, 5);
            long input = x.shape().elements() * Double.BYTES;
            assertThat(keptByForward(model.net(), x)).isGreaterThanOrEqualTo(input);
            model.weights().all().forEach(parameter -> parameter.setTrainable(false));
            assertThat(keptByForward(model.net(), x)).isLessThan(input);
        }
    }

    private static long keptByForward(Invertible layer, Tensor x) {
        long[] kept = new long[1];
        Tape.gradients(
                t -> {
                    Tensor state = t.to(ElementType.FLOAT64);
                    long before = ((Tape) state.backend()).keptBytes();
                    Invertible.Result result = layer.forward(state);
                    kept[0] = ((Tape) state.backend()).keptBytes() - before;
                    return result.y().square().mean().sub(result.logDet().mean());
                },
                x);
        return kept[0];
    }

    private static long peak(
            ObservedBackend observed,
            InvertibleSequence chain,
            BiFunction<InvertibleSequence, Tensor, Invertible.Result> forward,
            Tensor x) {
        observed.reset();
        long before = Storage.live();
        try (Scope scope = Scope.open()) {
            gradients(chain, forward, x);
        }
        assertThat(Storage.live()).isEqualTo(before);
        return observed.peakLive() - before;
    }

    @Test
    void nothingIsLeftBehind() {
        try (Scope scope = Scope.open();
                Model<Glow> model =
                        RandomFlows.model(Backends.standard(), 2, 0.3, p -> new Glow(p, Glow.Options.of(3, 2, 2, 4)))) {
            Tensor x = RandomFlows.uniform(Backends.standard(), 1, 1, 3, 8, 8);
            long before = Storage.live();
            List<Tensor> latents = model.net().encode(x).latents();
            assertThat(Storage.live()).isEqualTo(before + 4); // two latents, two likelihoods
            model.net().decode(latents);
            assertThat(Storage.live()).isEqualTo(before + 5);
        }
    }
}
