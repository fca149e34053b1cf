package org.impasto.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.function.DoubleSupplier;

/** Does something again and again, in one thread or in several at once, and says how often in a second. */
final class Passes {
    private Passes() {}

    /** How often something can be done in a second: the median, after a third of the time as warm-up. */
    static double perSecond(double seconds, Runnable pass) {
        return Medians.of(rates(seconds, pass));
    }

    /** The passes a second of each pass, after a third of the time as warm-up. */
    static List<Double> rates(double seconds, Runnable pass) {
        long begin = System.nanoTime();
        List<Double> rates = new ArrayList<>();
        double elapsed = 0;
        while (elapsed < seconds || rates.size() < 3) {
            long start = System.nanoTime();
            pass.run();
            long end = System.nanoTime();
            elapsed = (end - begin) / 1e9;
            if (elapsed > seconds / 3) {
                rates.add(1e9 / (end - start));
            }
        }
        return rates;
    }

    static double together(int threads, DoubleSupplier work) {
        CyclicBarrier start = new CyclicBarrier(threads);
        double[] rates = new double[threads];
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int index = i;
            Thread worker = new Thread(() -> {
                try {
                    start.await();
                    rates[index] = work.getAsDouble();
                } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                }
            });
            workers.add(worker);
            worker.start();
        }
        double sum = 0;
        try {
            for (int i = 0; i < threads; i++) {
                workers.get(i).join();
                sum += rates[i];
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return sum;
    }
}
