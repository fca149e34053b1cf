package org.impasto.benchmarks;

import java.util.Map;
import org.impasto.benchmarks.FloatTensors.FloatTensor;

/** A program that can do the rows: ours or a peer. It lives in a process of its own. */
interface Side {
    /** Name, version and settings, for the results. */
    String describe();

    /** Reads weights and inputs of the row; what it does is not timed. */
    Workload prepare(Row row, BenchmarkData data);

    /** A row, ready to be run again and again. */
    interface Workload {
        /** One timed pass, from inputs to outputs in the side's own arrays. */
        void run();

        /** What the last pass computed, NCHW by output name; not timed. */
        Map<String, FloatTensor> outputs();
    }
}
