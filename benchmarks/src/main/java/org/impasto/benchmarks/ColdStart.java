package org.impasto.benchmarks;

import java.nio.file.Path;
import java.util.Map;
import org.impasto.benchmarks.FloatTensors.FloatTensor;

/**
 * The process of the {@link Row#COLD} row: says "ready" when the features are there, which the driver's clock waits
 * for. It loads as little as it can. Arguments: side, data folder, threads, what the outputs are filed under.
 */
final class ColdStart {
    private ColdStart() {}

    public static void main(String[] arguments) {
        BenchmarkData data = new BenchmarkData(Path.of(arguments[1]));
        int threads = Integer.parseInt(arguments[2]);
        Row.Cold cold = (Row.Cold) Row.COLD.work();
        Map<String, FloatTensor> features = arguments[0].equals("impasto")
                ? ImpastoCold.features(cold, data, threads)
                : new OnnxRuntimeRows(threads).cold(cold, data);
        SideProcess.say("ready", "");
        SideProcess.say("describe", arguments[0] + " from the start of its process");
        if (arguments.length > 3) {
            FloatTensors.write(data.outputs(Row.COLD, arguments[3]), features);
        }
        System.exit(0);
    }
}
