package org.impasto.testing;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Resampling;
import org.impasto.core.Resampling.Filter;

/** Resizing and its transpose; each axis is a list of weighted taps for every cell of the result. */
final class ReferenceResampling {
    private ReferenceResampling() {}

    private record Tap(int source, double weight) {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Resampling.Resize.class, (o, in, out) -> {
            double[] x = in.get(0).doubles;
            double[] y = out.get(0).doubles;
            visit(o, in.get(0), out.get(0), (from, to, weight) -> y[to] += weight * x[from]);
        });
        registry.put(Resampling.ResizeGradient.class, (o, in, out) -> {
            double[] gradient = in.get(0).doubles;
            double[] picture = out.get(0).doubles;
            visit(o.resize(), out.get(0), in.get(0), (from, to, weight) -> picture[from] += weight * gradient[to]);
        });
    }

    private interface Product {
        void visit(int from, int to, double weight);
    }

    private static void visit(Resampling.Resize resize, Values picture, Values result, Product product) {
        int height = picture.size(2);
        int width = picture.size(3);
        List<List<Tap>> rows = taps(resize, height, result.size(2));
        List<List<Tap>> columns = taps(resize, width, result.size(3));
        int to = 0;
        for (int plane = 0; plane < picture.size(0) * picture.size(1); plane++) {
            for (List<Tap> row : rows) {
                for (List<Tap> column : columns) {
                    for (Tap h : row) {
                        for (Tap w : column) {
                            int from = (plane * height + h.source) * width + w.source;
                            product.visit(from, to, h.weight * w.weight);
                        }
                    }
                    to++;
                }
            }
        }
    }

    private static List<List<Tap>> taps(Resampling.Resize resize, int in, int out) {
        List<List<Tap>> all = new ArrayList<>();
        for (int i = 0; i < out; i++) {
            all.add(
                    switch (resize.filter()) {
                        case NEAREST -> List.of(new Tap((int) ((long) i * in / out), 1));
                        case AREA -> area(i, in, out);
                        case BILINEAR, BICUBIC ->
                            resize.antialias()
                                    ? antialiased(resize.filter(), i, in, out)
                                    : interpolated(resize, i, in, out);
                    });
        }
        return all;
    }

    private static List<Tap> area(int i, int in, int out) {
        int start = (int) ((long) i * in / out);
        int end = (int) (((i + 1L) * in + out - 1) / out);
        List<Tap> taps = new ArrayList<>();
        for (int source = start; source < end; source++) {
            taps.add(new Tap(source, 1.0 / (end - start)));
        }
        return taps;
    }

    private static List<Tap> interpolated(Resampling.Resize resize, int i, int in, int out) {
        double source = resize.alignCorners() ? out == 1 ? 0 : i * (in - 1.0) / (out - 1) : (i + 0.5) * in / out - 0.5;
        List<Tap> taps = new ArrayList<>();
        if (resize.filter() == Filter.BILINEAR) {
            double clamped = Math.max(source, 0);
            int low = Math.min((int) clamped, in - 1);
            double high = clamped - low;
            taps.add(new Tap(low, 1 - high));
            taps.add(new Tap(Math.min(low + 1, in - 1), high));
        } else {
            int floor = (int) Math.floor(source);
            for (int tap = floor - 1; tap <= floor + 2; tap++) {
                taps.add(new Tap(Math.min(Math.max(tap, 0), in - 1), cubic(-0.75, tap - source)));
            }
        }
        return taps;
    }

    private static List<Tap> antialiased(Filter filter, int i, int in, int out) {
        double step = (double) in / out;
        double scale = Math.max(step, 1);
        double support = filter == Filter.BILINEAR ? scale : 2 * scale;
        double centre = (i + 0.5) * step;
        int start = Math.max((int) (centre - support + 0.5), 0);
        int end = Math.min((int) (centre + support + 0.5), in);
        double total = 0;
        List<Tap> raw = new ArrayList<>();
        for (int source = start; source < end; source++) {
            double distance = (source - centre + 0.5) / scale;
            double weight = filter == Filter.BILINEAR ? Math.max(1 - Math.abs(distance), 0) : cubic(-0.5, distance);
            raw.add(new Tap(source, weight));
            total += weight;
        }
        List<Tap> taps = new ArrayList<>();
        for (Tap tap : raw) {
            taps.add(new Tap(tap.source, tap.weight / total));
        }
        return taps;
    }

    private static double cubic(double a, double distance) {
        double t = Math.abs(distance);
        if (t <= 1) {
            return (a + 2) * t * t * t - (a + 3) * t * t + 1;
        }
        return t < 2 ? a * t * t * t - 5 * a * t * t + 8 * a * t - 4 * a : 0;
    }
}
