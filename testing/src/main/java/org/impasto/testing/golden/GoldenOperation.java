package org.impasto.testing.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.impasto.core.Backend;
import org.impasto.core.Tape;
import org.impasto.core.Tensor;

/** Computes the cases of one {@code op}. */
@FunctionalInterface
public interface GoldenOperation {
    /** The results and gradients of a case by their names in the file: {@code out.y}, {@code grad.x}. */
    Map<String, Tensor> run(GoldenCase golden, Backend backend);

    /** Names of stored tensors that are not computed yet; the report lists them. */
    default Set<String> notCovered(GoldenCase golden) {
        return Set.of();
    }

    /** How far a tensor is from the stored one, and how far it may be. */
    default GoldenError judge(GoldenCase golden, String name, double[] found, double peerFactor) {
        return GoldenError.of(golden, name, found, peerFactor);
    }

    /** A function from a case's tensors to its results, both without gradients. */
    @FunctionalInterface
    interface Forward {
        /**
         * The results by name ({@code y} for {@code out.y}); the first is the one that a lone cotangent belongs to.
         *
         * @param operands the tensors {@code in.*} and {@code w.*} by their full names
         */
        Map<String, Tensor> results(GoldenCase golden, Map<String, Tensor> operands);
    }

    /** The results of a function, and the gradients that the file holds, by a tape. */
    static GoldenOperation of(Forward forward) {
        return (golden, backend) -> {
            Map<String, Tensor> operands = golden.tensors(backend, "in.", "w.");
            Map<String, Tensor> found = new LinkedHashMap<>();
            forward.results(golden, operands).forEach((name, result) -> found.put("out." + name, result));
            List<String> wanted = new ArrayList<>();
            for (String gradient : golden.names("grad.")) {
                String name = gradient.substring("grad.".length());
                wanted.add(golden.has("in." + name) ? "in." + name : "w." + name);
            }
            if (!wanted.isEmpty()) {
                Tape.Gradients gradients = Tape.gradients(
                        (List<Tensor> tracked) -> {
                            Map<String, Tensor> mixed = new LinkedHashMap<>(operands);
                            for (int i = 0; i < wanted.size(); i++) {
                                mixed.put(wanted.get(i), tracked.get(i));
                            }
                            return objective(golden, operands, forward.results(golden, mixed));
                        },
                        wanted.stream().map(operands::get).toList());
                for (int i = 0; i < wanted.size(); i++) {
                    String name = wanted.get(i).substring(wanted.get(i).indexOf('.') + 1);
                    found.put("grad." + name, gradients.inputs().get(i));
                }
            }
            return found;
        };
    }

    /** As {@link #of}, for operations that only move elements: results are to be equal bit by bit. */
    static GoldenOperation moving(Forward forward) {
        GoldenOperation operation = of(forward);
        return new GoldenOperation() {
            @Override
            public Map<String, Tensor> run(GoldenCase golden, Backend backend) {
                return operation.run(golden, backend);
            }

            @Override
            public GoldenError judge(GoldenCase golden, String name, double[] found, double peerFactor) {
                return name.startsWith("out.")
                        ? GoldenError.exact(golden, name, found)
                        : GoldenError.of(golden, name, found, peerFactor);
            }
        };
    }

    /** The results of a function; gradients that the file holds are listed as not covered. */
    static GoldenOperation withoutGradients(Forward forward) {
        return new GoldenOperation() {
            @Override
            public Map<String, Tensor> run(GoldenCase golden, Backend backend) {
                Map<String, Tensor> found = new LinkedHashMap<>();
                forward.results(golden, golden.tensors(backend, "in.", "w."))
                        .forEach((name, result) -> found.put("out." + name, result));
                return found;
            }

            @Override
            public Set<String> notCovered(GoldenCase golden) {
                return Set.copyOf(golden.names("grad."));
            }
        };
    }

    /** The sum over the results of sum(result * cotangent), whose gradients the files hold. */
    static Tensor objective(GoldenCase golden, Map<String, Tensor> operands, Map<String, Tensor> results) {
        Tensor total = null;
        for (Map.Entry<String, Tensor> result : results.entrySet()) {
            Tensor cotangent = operands.get("in.cotangent." + result.getKey());
            if (cotangent == null && total == null) {
                cotangent = operands.get("in.cotangent");
            }
            if (cotangent != null) {
                Tensor y = result.getValue();
                Tensor part = y.mul(cotangent.to(y.type())).sum();
                total = total == null ? part : total.add(part.to(total.type()));
            }
        }
        if (total == null) {
            throw new IllegalArgumentException(
                    golden + " holds gradients, but no cotangent of any of " + results.keySet());
        }
        return total;
    }
}
