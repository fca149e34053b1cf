package org.impasto.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.impasto.benchmarks.FloatTensors.FloatTensor;
import org.impasto.core.Backend;
import org.impasto.core.Convolution;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A gradient of one 3x3 convolution with zero padding of square maps: of its weights, or of its input.
 *
 * @param ofWeights whether the weights' gradient is computed, else the input's
 */
record ConvolutionGradient(boolean ofWeights, int channels, int size, int batch) implements Row.Work {
    @Override
    public String toString() {
        return "%s gradient of a 3x3 convolution, %d to %d channels, of %d maps of %dx%d"
                .formatted(ofWeights ? "weight" : "data", channels, channels, batch, size, size);
    }

    double flops() {
        return 2.0 * batch * channels * channels * 9 * size * size;
    }

    long largestMap() {
        return (long) batch * channels * size * size;
    }

    /** The convolution's input "x" and "weight", and the gradient "g" of its result. */
    Map<String, FloatTensor> inputs(Random random) {
        Map<String, FloatTensor> inputs = new LinkedHashMap<>();
        inputs.put("x", BenchmarkData.normal(random, 1, batch, channels, size, size));
        float deviation = (float) Math.sqrt(2.0 / (channels * 9));
        inputs.put("weight", BenchmarkData.normal(random, deviation, channels, channels, 3, 3));
        inputs.put("g", BenchmarkData.normal(random, 1, batch, channels, size, size));
        return inputs;
    }

    /** Our side: maps in the layout that layers leave, in a training run, so that no prepared weights are kept. */
    Side.Workload workload(Backend backend, Map<String, FloatTensor> inputs) {
        return new Ours(backend, this, inputs);
    }

    private static final class Ours implements Side.Workload {
        private static final Geometry GEOMETRY = Geometry.plain().padded(Edges.all(1), PaddingMode.ZERO);

        private final Scope kept = Scope.open(Run.training(1));
        private final ConvolutionGradient work;
        private final Tensor x;
        private final Tensor weight;
        private final Tensor g;
        private @Nullable Tensor last;

        Ours(Backend backend, ConvolutionGradient work, Map<String, FloatTensor> inputs) {
            this.work = work;
            this.weight = tensor(backend, inputs.get("weight"));
            // maps come from a convolution, here one that changes nothing
            Tensor ones = weight.constant(Shape.of(work.channels, 1, 1, 1), 1);
            Geometry each = Geometry.plain().grouped(work.channels);
            this.x = tensor(backend, inputs.get("x")).conv2d(ones, null, each);
            this.g = tensor(backend, inputs.get("g")).conv2d(ones, null, each);
        }

        private static Tensor tensor(Backend backend, FloatTensor values) {
            return Tensor.of(backend, Shape.of(values.shape()), values.values());
        }

        @Override
        public void run() {
            kept.only(x, weight, g);
            last = work.ofWeights
                    ? Tensor.apply(new Convolution.WeightGradient(GEOMETRY, weight.shape()), x, g)
                    : Tensor.apply(new Convolution.DataGradient(GEOMETRY, x.shape()), g, weight);
        }

        @Override
        public Map<String, FloatTensor> outputs() {
            Tensor y = Objects.requireNonNull(last, "run() comes first");
            return Map.of("y", FloatTensor.of(y.toFloats(), y.shape().toArray()));
        }
    }
}
