package org.impasto.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.impasto.benchmarks.FloatTensors.FloatTensor;
import org.impasto.core.Backend;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.nn.Model;
import org.impasto.nn.optim.Adam;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggDecoder;

/**
 * One step of Adam on a decoder 256-128-128-64-64-3 (reflected edges, nearest-neighbour doubling), from features to
 * pictures, under a loss of VGG-19 to relu3_1: the mean squared distance of the features from those that the decoder got,
 * plus those of mean and deviation of relu1_1, relu2_1, relu3_1 from given ones. VGG is frozen.
 */
record TrainStep(int batch, int size) implements Row.Work {
    static final List<String> TAPS = List.of("relu1_1", "relu2_1", "relu3_1");
    private static final double RATE = 1e-4;
    private static final double EPSILON = 1e-5;

    @Override
    public String toString() {
        return "a step of Adam on %d pictures of %dx%d".formatted(batch, size, size);
    }

    /** Features "features", and of each tap a mean "mean0" and a deviation "deviation0". */
    Map<String, FloatTensor> inputs(Random random) {
        Map<String, FloatTensor> inputs = new LinkedHashMap<>();
        inputs.put("features", positive(BenchmarkData.normal(random, 1, batch, 256, size / 4, size / 4)));
        for (int tap = 0; tap < TAPS.size(); tap++) {
            inputs.put("mean" + tap, positive(BenchmarkData.normal(random, 1, batch, 64 << tap, 1, 1)));
            inputs.put("deviation" + tap, positive(BenchmarkData.normal(random, 1, batch, 64 << tap, 1, 1)));
        }
        return inputs;
    }

    private static FloatTensor positive(FloatTensor tensor) {
        for (int i = 0; i < tensor.values().length; i++) {
            tensor.values()[i] = Math.max(0, tensor.values()[i]);
        }
        return tensor;
    }

    /** Our side. */
    Side.Workload workload(Backend backend, Map<String, FloatTensor> inputs, BenchmarkData data) {
        return new Ours(backend, inputs, data);
    }

    private static final class Ours implements Side.Workload {
        private final Scope kept = Scope.open(Run.training(1));
        private final Model<VggDecoder> decoder;
        private final Adam adam;
        private final Model<Vgg> vgg;
        private final Tensor features;
        private final List<Tensor> means = new ArrayList<>();
        private final List<Tensor> deviations = new ArrayList<>();
        private final Map<String, FloatTensor> ofFirstStep = new LinkedHashMap<>();

        Ours(Backend backend, Map<String, FloatTensor> inputs, BenchmarkData data) {
            decoder = VggDecoder.load(backend, data.decoder());
            adam = new Adam(decoder.weights(), RATE);
            vgg = ImpastoRows.vgg(data, backend);
            vgg.weights().setTrainable("", false);
            features = tensor(backend, inputs.get("features"));
            for (int tap = 0; tap < TAPS.size(); tap++) {
                means.add(tensor(backend, inputs.get("mean" + tap)));
                deviations.add(tensor(backend, inputs.get("deviation" + tap)));
            }
        }

        private static Tensor tensor(Backend backend, FloatTensor values) {
            return Tensor.of(backend, Shape.of(values.shape()), values.values());
        }

        @Override
        public void run() {
            try (Scope step = Scope.open()) {
                Tape.Gradients result = Tape.gradients(x -> loss(x.detach()), features);
                if (ofFirstStep.isEmpty()) {
                    result.parameters()
                            .forEach((parameter, gradient) -> ofFirstStep.put(
                                    parameter.path(),
                                    FloatTensor.of(
                                            gradient.toFloats(),
                                            gradient.shape().toArray())));
                }
                adam.step(result.parameters());
            }
        }

        private Tensor loss(Tensor x) {
            Map<String, Tensor> found = vgg.net().features(decoder.net().forward(x), TAPS);
            Tensor loss = distance(found.get("relu3_1"), x);
            for (int tap = 0; tap < TAPS.size(); tap++) {
                Tensor.Moments moments = found.get(TAPS.get(tap)).channelMoments(true);
                Tensor deviation = moments.variance().affine(1, EPSILON).sqrt();
                loss = loss.add(distance(moments.mean(), means.get(tap))).add(distance(deviation, deviations.get(tap)));
            }
            return loss;
        }

        private static Tensor distance(Tensor a, Tensor b) {
            return a.sub(b).square().mean();
        }

        @Override
        public Map<String, FloatTensor> outputs() {
            return ofFirstStep;
        }
    }
}
