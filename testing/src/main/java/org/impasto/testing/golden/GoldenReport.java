package org.impasto.testing.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What came of a folder of golden files on one backend. */
public final class GoldenReport {
    private final String backend;
    private final Map<String, Integer> ran = new TreeMap<>();
    private final Map<String, Integer> unknown = new TreeMap<>();
    private final Map<String, List<String>> notCovered = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private int tensors;
    private @Nullable GoldenError worst;
    private String worstCase = "";

    GoldenReport(String backend) {
        this.backend = backend;
    }

    void unknown(GoldenCase golden) {
        unknown.merge(golden.op().isEmpty() ? "(weights only)" : golden.op(), 1, Integer::sum);
    }

    void ran(GoldenCase golden) {
        ran.merge(golden.op(), 1, Integer::sum);
    }

    void notCovered(GoldenCase golden, String tensor) {
        notCovered
                .computeIfAbsent(golden.op() + " " + tensor, key -> new ArrayList<>())
                .add(golden.name());
    }

    void failed(String golden, String why) {
        failures.add(golden + ": " + why);
    }

    void judged(GoldenCase golden, GoldenError error) {
        tensors++;
        if (!error.isWithin()) {
            failed(golden.name(), error.toString());
        }
        if (worst == null || error.ratio() > worst.ratio()) {
            worst = error;
            worstCase = golden.name();
        }
    }

    /** Number of cases that ran, of every op. */
    public int cases() {
        return ran.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Number of cases that ran, by op. */
    public Map<String, Integer> casesByOp() {
        return Map.copyOf(ran);
    }

    /** Files of ops that nobody registered, by op. */
    public Map<String, Integer> unknownOps() {
        return Map.copyOf(unknown);
    }

    /** What went wrong, a line each. */
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** The largest ratio of our error to that of the peer, over all tensors. */
    public double worstRatio() {
        return worst == null ? 0 : worst.ratio();
    }

    /** A few lines for a log: what ran, the worst ratio, what is not covered, what failed. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append("golden files on ").append(backend).append('\n');
        text.append("  ran ")
                .append(cases())
                .append(" cases, ")
                .append(tensors)
                .append(" tensors: ")
                .append(ran);
        text.append('\n');
        if (worst != null) {
            text.append(String.format(
                    Locale.ROOT,
                    "  worst ratio to the peer's error %.3g, in %s, %s%n",
                    worst.ratio(),
                    worstCase,
                    worst));
        }
        notCovered.forEach((tensor, cases) -> text.append("  not covered yet: ")
                .append(tensor)
                .append(" of ")
                .append(cases.size())
                .append(" cases\n"));
        if (!unknown.isEmpty()) {
            text.append("  ops not covered yet: ").append(unknown).append('\n');
        }
        failures.forEach(failure -> text.append("  FAILED ").append(failure).append('\n'));
        return text.toString();
    }
}
