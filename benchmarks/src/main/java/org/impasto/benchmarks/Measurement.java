package org.impasto.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one process said: its timed passes, what it called itself, and any rates by name. */
final class Measurement {
    private final List<Double> milliseconds = new ArrayList<>();
    private final Map<String, Double> rates = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private String description = "";

    void add(String word, String value) {
        switch (word) {
            case "ms" -> milliseconds.add(Double.parseDouble(value));
            case "describe" -> description = value;
            case "note" -> notes.add(value);
            default -> rates.put(word, Double.parseDouble(value));
        }
    }

    double median() {
        return Medians.of(milliseconds);
    }

    /** For a look while the run goes on. */
    String summary() {
        return milliseconds.isEmpty() ? rates.toString() : "%.2f ms".formatted(median());
    }

    List<Double> milliseconds() {
        return milliseconds;
    }

    double rate(String word) {
        return rates.getOrDefault(word, Double.NaN);
    }

    List<String> notes() {
        return notes;
    }

    String description() {
        return description;
    }
}
