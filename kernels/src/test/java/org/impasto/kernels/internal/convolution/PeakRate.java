package org.impasto.kernels.internal.convolution;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.impasto.core.BackendException;

/** The rate of fused multiply-adds that one core reaches, against which kernels are measured. */
final class PeakRate {
    /** What {@link #measure} runs; loaded by name, since it needs the Vector API. */
    interface Loop {
        /** Runs a loop and returns its floating-point operations. */
        double run();
    }

    private PeakRate() {}

    /** Operations per second of thread CPU time, best of many runs. */
    static double measure() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new BackendException("the peak is measured with vectors: add --add-modules jdk.incubator.vector");
        }
        Loop loop;
        try {
            loop = (Loop) Class.forName(PeakRate.class.getPackageName() + ".PeakLoop")
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException broken) {
            throw new BackendException("the peak loop cannot be loaded", broken);
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double best = 0;
        for (int round = 0; round < 60; round++) {
            long start = threads.getCurrentThreadCpuTime();
            double operations = 0;
            for (int call = 0; call < 200; call++) {
                operations += loop.run();
            }
            best = Math.max(best, operations * 1e9 / (threads.getCurrentThreadCpuTime() - start));
        }
        return best;
    }
}
