package org.impasto.benchmarks;

import java.util.Map;
import org.impasto.benchmarks.FloatTensors.FloatTensor;

/** Our side of the {@link Row#COLD} row, apart from the others so that no ND4J class is loaded. */
final class ImpastoCold {
    private ImpastoCold() {}

    /**
     * Reads {@link BenchmarkData#picture()}, normalises it, and gives the features asked for under the weights of
     * {@link BenchmarkData#vgg19()}, NCHW.
     */
    static Map<String, FloatTensor> features(Row.Cold cold, BenchmarkData data, int threads) {
        throw new UnsupportedOperationException("Our side of " + Row.COLD.label() + " is not wired yet");
    }
}
