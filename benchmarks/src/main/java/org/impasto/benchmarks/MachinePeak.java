package org.impasto.benchmarks;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the machine can do at best: the rate of a loop of fused multiply-adds and nothing else, on twelve independent
 * accumulators, and how far apart two processors are.
 */
final class MachinePeak {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int STEPS = 4_000;
    private static final int ACCUMULATORS = 12;
    private static final int HANDOVERS = 1000;
    private static volatile float sink;

    private MachinePeak() {}

    /**
     * Billions of floating-point operations a second, a fused multiply-add counted as two: the best that each thread
     * reached while all ran.
     */
    static double gigaflops(int threads, double seconds) {
        warmUp();
        double flops = 2.0 * STEPS * ACCUMULATORS * SPECIES.length();
        return Passes.together(threads, () -> {
            List<Double> rates = Passes.rates(seconds, () -> sink = multiplyAdd(sink * 1e-30f));
            return Collections.max(rates) * flops / 1e9;
        });
    }

    /**
     * Nanoseconds that a number takes to another thread and back at best. On a virtual machine this may change from one
     * minute to the next, as the host moves its processors to cores with a common cache or without; threads that read what
     * others wrote feel it. NaN where there is one processor only.
     */
    static double handoverNanoseconds(double seconds) {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            return Double.NaN;
        }
        AtomicInteger turn = new AtomicInteger(); // odd where the other thread has it, negative at the end
        Thread other = new Thread(() -> {
            for (int seen = turn.get(); seen >= 0; seen = turn.get()) {
                if (seen % 2 == 1) {
                    turn.compareAndSet(seen, seen + 1);
                }
            }
        });
        other.setDaemon(true);
        other.start();
        List<Double> rates = Passes.rates(seconds, () -> {
            for (int i = 0; i < HANDOVERS; i++) {
                turn.set(2 * i + 1);
                while (turn.get() != 2 * i + 2) {
                    // the other thread has it
                }
            }
        });
        turn.set(-1);
        return 1e9 / Collections.max(rates) / HANDOVERS;
    }

    /** Until the loop is compiled: the passes get far shorter, or it takes too long to wait for. */
    private static void warmUp() {
        long begin = System.nanoTime();
        for (int i = 0; i < 30_000 && System.nanoTime() - begin < 20e9; i++) {
            sink = multiplyAdd(sink * 1e-30f);
        }
    }

    static int vectorBits() {
        return SPECIES.vectorBitSize();
    }

    private static float multiplyAdd(float seed) {
        FloatVector m = FloatVector.broadcast(SPECIES, 0.999f);
        FloatVector c = FloatVector.broadcast(SPECIES, 0.001f);
        FloatVector a0 = FloatVector.broadcast(SPECIES, seed);
        FloatVector a1 = a0.add(1);
        FloatVector a2 = a0.add(2);
        FloatVector a3 = a0.add(3);
        FloatVector a4 = a0.add(4);
        FloatVector a5 = a0.add(5);
        FloatVector a6 = a0.add(6);
        FloatVector a7 = a0.add(7);
        FloatVector a8 = a0.add(8);
        FloatVector a9 = a0.add(9);
        FloatVector a10 = a0.add(10);
        FloatVector a11 = a0.add(11);
        for (int i = 0; i < STEPS; i++) {
            a0 = a0.fma(m, c);
            a1 = a1.fma(m, c);
            a2 = a2.fma(m, c);
            a3 = a3.fma(m, c);
            a4 = a4.fma(m, c);
            a5 = a5.fma(m, c);
            a6 = a6.fma(m, c);
            a7 = a7.fma(m, c);
            a8 = a8.fma(m, c);
            a9 = a9.fma(m, c);
            a10 = a10.fma(m, c);
            a11 = a11.fma(m, c);
        }
        FloatVector low = a0.add(a1).add(a2).add(a3).add(a4).add(a5);
        FloatVector high = a6.add(a7).add(a8).add(a9).add(a10).add(a11);
        return low.add(high).lane(0);
    }
}
