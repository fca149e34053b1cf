package org.impasto.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.impasto.benchmarks.FloatTensors.FloatTensor;
import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;
import org.impasto.flow.Encoding;
import org.impasto.flow.Glow;
import org.impasto.nn.Model;
import org.impasto.nn.ParameterSource;
import org.impasto.nn.optim.Adam;

/**
 * Glow with affine couplings and 1x1 convolutions in factors on pictures of three channels: to latents and back, or one step
 * of Adam on the bits per dimension. Ours keeps the state in float64; the peer computes in float32. Both store activations
 * when they train.
 */
record GlowPass(int batch, int size, int steps, int levels, int width, boolean training) implements Row.Work {
    private static final double RATE = 1e-4;
    private static final long KEPT_BYTES = 512L << 20; // the peer keeps everything

    @Override
    public String toString() {
        return "Glow, %d x %d steps, width %d, %s %d pictures of %dx%d"
                .formatted(levels, steps, width, training ? "a step of Adam on" : "forth and back,", batch, size, size);
    }

    String torchOptions() {
        return steps + "," + levels;
    }

    // ---- data

    /** The pictures "x", and all weights under the names of glow-pytorch. */
    Map<String, FloatTensor> inputs(Random random) {
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        tensors.put("x", BenchmarkData.normal(random, 0.3f, batch, 3, size, size));
        int channels = 3;
        for (int level = 0; level < levels; level++) {
            channels *= 4;
            String block = "blocks." + level + ".";
            for (int step = 0; step < steps; step++) {
                putStep(tensors, random, block + "flows." + step + ".", channels);
            }
            int in = level == levels - 1 ? channels : channels / 2;
            putZeroConvolution(tensors, random, block + "prior.", in, 2 * in);
            channels /= 2;
        }
        return tensors;
    }

    private void putStep(Map<String, FloatTensor> tensors, Random random, String room, int c) {
        tensors.put(room + "actnorm.loc", BenchmarkData.normal(random, 0.1f, 1, c, 1, 1));
        tensors.put(room + "actnorm.scale", shifted(BenchmarkData.normal(random, 0.05f, 1, c, 1, 1), 1));
        FloatTensor permutation = new FloatTensor(new long[] {c, c}, new float[c * c]);
        FloatTensor signs = BenchmarkData.normal(random, 1, c);
        for (int i = 0; i < c; i++) {
            permutation.values()[i * c + (i + 5) % c] = 1;
            signs.values()[i] = Math.signum(signs.values()[i]);
        }
        tensors.put(room + "invconv.w_p", permutation);
        tensors.put(room + "invconv.w_l", BenchmarkData.normal(random, 0.1f, c, c));
        tensors.put(room + "invconv.w_s", BenchmarkData.normal(random, 0.05f, c));
        tensors.put(room + "invconv.w_u", BenchmarkData.normal(random, 0.1f, c, c));
        tensors.put(room + "invconv.s_sign", signs);
        String net = room + "coupling.net.";
        tensors.put(net + "0.weight", BenchmarkData.normal(random, 0.05f, width, c / 2, 3, 3));
        tensors.put(net + "0.bias", BenchmarkData.normal(random, 0.01f, width));
        tensors.put(net + "2.weight", BenchmarkData.normal(random, 0.05f, width, width, 1, 1));
        tensors.put(net + "2.bias", BenchmarkData.normal(random, 0.01f, width));
        putZeroConvolution(tensors, random, net + "4.", width, c);
    }

    private static void putZeroConvolution(
            Map<String, FloatTensor> tensors, Random random, String room, int in, int out) {
        tensors.put(room + "conv.weight", BenchmarkData.normal(random, 0.01f, out, in, 3, 3));
        tensors.put(room + "conv.bias", BenchmarkData.normal(random, 0.01f, out));
        tensors.put(room + "scale", BenchmarkData.normal(random, 0.05f, 1, out, 1, 1));
    }

    private static FloatTensor shifted(FloatTensor tensor, float by) {
        for (int i = 0; i < tensor.values().length; i++) {
            tensor.values()[i] += by;
        }
        return tensor;
    }

    // ---- our side

    Side.Workload workload(Backend backend, Map<String, FloatTensor> inputs) {
        return new Ours(this, backend, inputs);
    }

    private static ParameterSource source(Map<String, FloatTensor> tensors) {
        return (backend, path, shape, init) -> {
            if (path.endsWith("actnorm.initialized")) {
                return Tensor.of(backend, shape, 1);
            }
            FloatTensor values = Objects.requireNonNull(tensors.get(path), path);
            return Tensor.of(backend, shape, values.values());
        };
    }

    private static final class Ours implements Side.Workload {
        private final boolean training;
        private final Scope kept;
        private final Model<Glow> model;
        private final Adam adam;
        private final Tensor x;
        private final Map<String, FloatTensor> results = new LinkedHashMap<>();

        Ours(GlowPass pass, Backend backend, Map<String, FloatTensor> inputs) {
            training = pass.training();
            kept = Scope.open(training ? Run.training(1) : Run.inference());
            Glow.Options options = Glow.Options.of(3, pass.steps(), pass.levels(), pass.width());
            model = Model.build(backend, source(inputs), p -> new Glow(p, options));
            model.net().keepOnTapes(KEPT_BYTES);
            adam = new Adam(model.weights(), RATE);
            FloatTensor pictures = inputs.get("x");
            x = kept.only(Tensor.of(backend, Shape.of(pictures.shape()), pictures.values()));
        }

        @Override
        public void run() {
            try (Scope pass = Scope.open()) {
                if (training) {
                    step();
                } else {
                    thereAndBack();
                }
            }
        }

        private void thereAndBack() {
            Encoding encoding = model.net().encode(x);
            Tensor back = model.net().decode(encoding.latents()).to(ElementType.FLOAT32);
            put("x", back);
            List<Tensor> latents = encoding.latents();
            for (int level = 0; level < latents.size(); level++) {
                put("z" + level, latents.get(level));
            }
            put("log_p", encoding.logDensity());
        }

        private void put(String name, Tensor tensor) {
            results.put(name, FloatTensor.of(tensor.toFloats(), tensor.shape().toArray()));
        }

        private void step() {
            Tape.Gradients result = Tape.gradients(
                    pictures -> model.net()
                            .encode(pictures.detach())
                            .bitsPerDimension()
                            .mean(),
                    x);
            if (results.isEmpty()) {
                result.parameters().forEach((parameter, gradient) -> put(parameter.path(), gradient));
            }
            adam.step(result.parameters());
        }

        @Override
        public Map<String, FloatTensor> outputs() {
            return results;
        }
    }
}
