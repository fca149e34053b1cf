package org.impasto.benchmarks;

import java.util.Map;
import org.impasto.benchmarks.FloatTensors.FloatTensor;

/** Our own side. */
final class ImpastoRows implements Side {
    private final int threads;

    ImpastoRows(int threads) {
        this.threads = threads;
    }

    /** Whether the engine can be benchmarked yet; the driver leaves our column empty where not. */
    static boolean available() {
        return false;
    }

    @Override
    public String describe() {
        return "impasto, " + threads + " threads";
    }

    @Override
    public Workload prepare(Row row, BenchmarkData data) {
        Map<String, FloatTensor> inputs = FloatTensors.read(data.inputs(row));
        if (row.work() instanceof Row.Features features) {
            return features(features, inputs.get("x"), data);
        }
        if (row.work() instanceof Row.Adain) {
            return adain(inputs.get("content"), inputs.get("style"), data);
        }
        if (row.work() instanceof Row.MatMul) {
            return matMul(inputs.get("a"), inputs.get("b"));
        }
        if (row.work() instanceof Row.Gram) {
            return gram(inputs.get("x"));
        }
        throw new IllegalArgumentException(row.label() + " is run by ImpastoCold");
    }

    /** INDArray in, one INDArray an output of {@code features} out; weights from {@link BenchmarkData#vgg19()}. */
    private Workload features(Row.Features features, FloatTensor x, BenchmarkData data) {
        throw notYet();
    }

    /** Weights from {@link BenchmarkData#encoder()} and {@link BenchmarkData#decoder()}; output "y". */
    private Workload adain(FloatTensor content, FloatTensor style, BenchmarkData data) {
        throw notYet();
    }

    /** Output "y". */
    private Workload matMul(FloatTensor a, FloatTensor b) {
        throw notYet();
    }

    /** The (C, C) Gram matrix of x, (1, C, H, W), divided by H * W; output "y". */
    private Workload gram(FloatTensor x) {
        throw notYet();
    }

    private static UnsupportedOperationException notYet() {
        return new UnsupportedOperationException("Our side of this row is not wired yet");
    }
}
