package org.impasto.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.benchmarks.FloatTensors.FloatTensor;
import org.impasto.core.Backend;
import org.impasto.core.BackendOptions;
import org.impasto.core.Backends;
import org.impasto.core.Scope;
import org.impasto.core.image.Image;
import org.impasto.nn.Model;
import org.impasto.nn.vgg.Vgg;

/** Our side of the {@link Row#COLD} row, apart from the others so that no ND4J class is loaded. */
final class ImpastoCold {
    private ImpastoCold() {}

    /**
     * Reads {@link BenchmarkData#picture()}, normalises it, and gives the features asked for under the weights of
     * {@link BenchmarkData#vgg19()}, NCHW.
     */
    static Map<String, FloatTensor> features(Row.Cold cold, BenchmarkData data, int threads) {
        Backend backend = Backends.open(BackendOptions.cpu().withThreads(threads));
        try (Model<Vgg> vgg = Vgg.load(backend, data.vgg19());
                Scope scope = Scope.open()) {
            Map<String, FloatTensor> outputs = new LinkedHashMap<>();
            vgg.net()
                    .features(Image.read(data.picture()).tensor(backend), cold.outputs())
                    .forEach((name, map) -> outputs.put(
                            name, FloatTensor.of(map.toFloats(), map.shape().toArray())));
            return outputs;
        }
    }
}
