package org.impasto.testing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.impasto.core.Operation;

/** Rows for every operation, from which tests are drawn, and the census that names operations without one. */
public final class OperationTable {
    private OperationTable() {}

    /** All rows. */
    public static List<OperationCase> cases() {
        List<OperationCase> cases = new ArrayList<>();
        cases.addAll(ElementCases.all());
        cases.addAll(SelectionCases.all());
        cases.addAll(SpecialCases.all());
        cases.addAll(MatrixCases.all());
        cases.addAll(FactorizationCases.all());
        cases.addAll(NormalizationCases.all());
        cases.addAll(PictureCases.all());
        cases.addAll(FilterCases.all());
        cases.addAll(CouplingCases.all());
        cases.addAll(DescentCases.all());
        return cases;
    }

    /** The records of the sealed family of operations. */
    public static Set<Class<?>> records() {
        Set<Class<?>> records = new LinkedHashSet<>();
        collect(Operation.class, records);
        return records;
    }

    private static void collect(Class<?> type, Set<Class<?>> records) {
        if (type.isRecord()) {
            records.add(type);
        } else {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                collect(permitted, records);
            }
        }
    }

    /**
     * What is missing, a line each: operations without a row, a refusal or a kernel.
     *
     * @param kernels the records that each backend computes, by the backend's name; the reference backend is looked at
     *     in any case
     */
    public static List<String> missing(Map<String, Set<Class<?>>> kernels) {
        Set<Class<?>> rows = new HashSet<>();
        cases().forEach(row -> rows.add(row.operation().getClass()));
        Set<Class<?>> refusals = new HashSet<>();
        OperationRefusal.all()
                .forEach(refusal -> refusals.add(refusal.operation().getClass()));
        List<String> missing = new ArrayList<>();
        for (Class<?> type : records()) {
            String name = type.getEnclosingClass().getSimpleName() + "." + type.getSimpleName();
            if (!rows.contains(type)) {
                missing.add(name + " has no row in the operation table");
            }
            if (!refusals.contains(type)) {
                missing.add(name + " has no refused operands in the operation table");
            }
            if (!ReferenceBackend.operations().contains(type)) {
                missing.add(name + " has no kernel in the reference backend");
            }
            kernels.forEach((backend, computed) -> {
                if (!computed.contains(type)) {
                    missing.add(name + " has no kernel in the backend '" + backend + "'");
                }
            });
        }
        return missing;
    }
}
