package org.impasto.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.benchmarks.FloatTensors.FloatTensor;
import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;
import org.impasto.core.Scope;
import org.impasto.core.image.Image;
import org.impasto.core.weights.WeightFile;
import org.impasto.nn.Model;
import org.impasto.nn.vgg.Vgg;
import org.impasto.nn.vgg.VggVariant;

/** Our side of the {@link Row#COLD} row, apart from the others so that no ND4J class is loaded. */
final class ImpastoCold {
    private ImpastoCold() {}

    /**
     * Reads {@link BenchmarkData#picture()}, normalises it, and gives the features asked for under the weights of
     * {@link BenchmarkData#vgg19()}, NCHW.
     */
    static Map<String, FloatTensor> features(Row.Cold cold, BenchmarkData data, int threads) {
        Backend backend =
                Backends.open(BackendOptions.cpu().withThreads(threads).withWarmUp());
        try (Model<Vgg> vgg = threeBlocks(data, backend);
                Scope scope = Scope.open()) {
            Map<String, FloatTensor> outputs = new LinkedHashMap<>();
            vgg.net()
                    .features(Image.read(data.picture()).tensor(backend), cold.outputs())
                    .forEach((name, map) -> outputs.put(
                            name, FloatTensor.of(map.toFloats(), map.shape().toArray())));
            return outputs;
        }
    }

    /** The blocks that the features need, as the peer's model file holds them. */
    private static Model<Vgg> threeBlocks(BenchmarkData data, Backend backend) {
        try (WeightFile file = WeightFile.open(data.vgg19())) {
            VggVariant variant = VggVariant.of(file).firstBlocks(3);
            return Vgg.load(backend, file, variant, p -> new Vgg(p, variant));
        }
    }
}
