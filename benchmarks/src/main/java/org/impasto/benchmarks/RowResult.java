package org.impasto.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All measurements of one row. */
final class RowResult {
    private final Row row;
    private final Map<Contender, List<Measurement>> measurements = new LinkedHashMap<>();
    private final Map<Contender, String> failures = new LinkedHashMap<>();

    RowResult(Row row) {
        this.row = row;
    }

    Row row() {
        return row;
    }

    void add(Contender contender, Measurement measurement) {
        measurements.computeIfAbsent(contender, c -> new ArrayList<>()).add(measurement);
    }

    void fail(Contender contender, String why) {
        failures.put(contender, why);
    }

    boolean failed(Contender contender) {
        return failures.containsKey(contender);
    }

    Map<Contender, String> failures() {
        return failures;
    }

    Map<Contender, List<Measurement>> measurements() {
        return measurements;
    }

    /** The contenders that were timed to the end. */
    List<Contender> timed() {
        return measurements.keySet().stream()
                .filter(contender -> !failed(contender) && !contender.side().equals("machine"))
                .toList();
    }

    /** The median over the forks of each fork's median. */
    double milliseconds(Contender contender) {
        return Medians.of(measurements.getOrDefault(contender, List.of()).stream()
                .map(Measurement::median)
                .toList());
    }

    /** The peer of the least time, or null if none was timed. */
    @Nullable
    Contender fastestPeer() {
        Contender fastest = null;
        for (Contender contender : timed()) {
            if (!contender.ours() && (fastest == null || milliseconds(contender) < milliseconds(fastest))) {
                fastest = contender;
            }
        }
        return fastest;
    }

    /** The median over the forks of a rate that a contender told; NaN if it told none. */
    double rate(Contender contender, String word) {
        return Medians.of(measurements.getOrDefault(contender, List.of()).stream()
                .map(measurement -> measurement.rate(word))
                .toList());
    }

    /** The median over the forks of a rate of the machine. */
    double machineRate(String word) {
        return measurements.keySet().stream()
                .filter(contender -> contender.side().equals("machine"))
                .mapToDouble(contender -> rate(contender, word))
                .findFirst()
                .orElse(Double.NaN);
    }
}
