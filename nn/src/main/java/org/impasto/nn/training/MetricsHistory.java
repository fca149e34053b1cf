package org.impasto.nn.training;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The course of the loss and of each metric, in memory that does not grow with the number of steps. */
final class MetricsHistory {
    private final Map<String, Series> series = new LinkedHashMap<>();

    void add(long step, double loss, Map<String, Double> metrics) {
        series.computeIfAbsent("loss", name -> new Series()).add(step, loss);
        metrics.forEach((name, value) ->
                series.computeIfAbsent(name, absent -> new Series()).add(step, value));
    }

    /** By name, the loss first. */
    Map<String, Series> series() {
        return Collections.unmodifiableMap(series);
    }
}
