package org.impasto.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Factorization;
import org.impasto.core.Generation;
import org.impasto.core.LinearAlgebra;
import org.impasto.core.Run;
import org.impasto.core.Scope;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;

/** Checks drawn from the rows of the operation table; an {@link AssertionError} says what differs where. */
public final class OperationChecks {
    private static final int PROBES = 12;

    private OperationChecks() {}

    /** A backend's results are those of the reference backend, within the row's tolerance, and operands stay as they are. */
    public static void againstReference(Backend backend, OperationCase row) {
        List<double[]> expected = results(new ReferenceBackend(), row);
        List<double[]> found = results(backend, row);
        List<Spec> specs = row.operation().outputs(row.specs());
        if (row.operation() instanceof LinearAlgebra.SymmetricEigen) {
            eigen(row, expected.get(0), found.get(0), found.get(1));
            return;
        }
        for (int output = 0; output < specs.size(); output++) {
            compare(row, "result " + output, specs.get(output).type(), expected.get(output), found.get(output));
        }
    }

    private static void compare(OperationCase row, String what, ElementType type, double[] expected, double[] found) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        for (int i = 0; i < expected.length; i++) {
            double allowed = row.tolerance().allowed(type, expected[i], largest);
            boolean near = expected[i] == found[i] || Math.abs(expected[i] - found[i]) <= allowed;
            // The reference computes in float64, whose range is larger.
            boolean overflows = type == ElementType.FLOAT32 && Math.abs(expected[i]) > Float.MAX_VALUE;
            near |= overflows && found[i] == (float) expected[i];
            if (!near && !(Double.isNaN(expected[i]) && Double.isNaN(found[i]))) {
                throw new AssertionError(row + ": " + what + ", element " + i + " of " + expected.length + ": expected "
                        + expected[i] + " within " + allowed + ", found " + found[i]);
            }
        }
    }

    /** Eigenvectors are free in sign, so they are judged by what they are for: A V = V diag(l), V' V = 1. */
    private static void eigen(OperationCase row, double[] expected, double[] values, double[] vectors) {
        compare(row, "eigenvalues", ElementType.FLOAT64, expected, values);
        int n = values.length;
        double[] matrix;
        try (Scope scope = Scope.open()) {
            matrix = row.tensors(new ReferenceBackend()).get(0).toDoubles();
        }
        double[] product = new double[n * n];
        double[] scaled = new double[n * n];
        double[] overlap = new double[n * n];
        double[] identity = new double[n * n];
        for (int i = 0; i < n; i++) {
            identity[i * n + i] = 1;
            for (int j = 0; j < n; j++) {
                scaled[i * n + j] = vectors[i * n + j] * values[j];
                for (int k = 0; k < n; k++) {
                    double lower = matrix[Math.max(i, k) * n + Math.min(i, k)];
                    product[i * n + j] += lower * vectors[k * n + j];
                    overlap[i * n + j] += vectors[k * n + i] * vectors[k * n + j];
                }
            }
        }
        compare(row, "A V against V diag(l)", ElementType.FLOAT64, scaled, product);
        compare(row, "V' V against 1", ElementType.FLOAT64, identity, overlap);
    }

    private static List<double[]> results(Backend backend, OperationCase row) {
        try (Scope scope = Scope.open()) {
            List<Tensor> operands = row.tensors(backend);
            List<double[]> before =
                    operands.stream().map(OperationChecks::doubles).toList();
            List<double[]> results = apply(backend, row, operands).stream()
                    .map(OperationChecks::doubles)
                    .toList();
            for (int i = 0; i < operands.size(); i++) {
                if (!Arrays.equals(before.get(i), doubles(operands.get(i)))) {
                    throw new AssertionError(row + ": operand " + i + " was changed by " + backend.describe());
                }
            }
            return results;
        }
    }

    private static List<Tensor> apply(Backend backend, OperationCase row, List<Tensor> operands) {
        if (row.operation() instanceof Generation generation) {
            return List.of(Tensor.generate(backend, generation));
        }
        return Tensor.applyAll(row.operation(), operands);
    }

    private static double[] doubles(Tensor tensor) {
        return tensor.type() == ElementType.INT64
                ? Arrays.stream(tensor.toLongs()).asDoubleStream().toArray()
                : tensor.toDoubles();
    }

    /** Several backends (one with each number of threads) give results that are equal bit by bit. */
    public static void equalBits(List<Backend> backends, OperationCase row) {
        List<double[]> expected = results(backends.get(0), row);
        for (Backend backend : backends) {
            List<double[]> found = results(backend, row);
            for (int output = 0; output < expected.size(); output++) {
                // Arrays.equals compares by bits, so that NaN equals NaN and -0 differs from 0.
                int differs = Arrays.mismatch(expected.get(output), found.get(output));
                if (differs >= 0) {
                    throw new AssertionError(row + ": result " + output + ", element " + differs + ": "
                            + expected.get(output)[differs] + " on "
                            + backends.get(0).describe() + ", "
                            + found.get(output)[differs] + " on " + backend.describe());
                }
            }
        }
    }

    /** Gradients agree with finite differences, with all operands tracked and with each one alone. */
    public static void gradients(OperationCase row) {
        ReferenceBackend backend = new ReferenceBackend();
        try (Scope scope = Scope.open(Run.inference())) {
            List<Tensor> operands = row.tensors(backend);
            GradientCheck.check(PROBES, inputs -> joined(row, inputs), operands.toArray(new Tensor[0]));
            for (int i = 0; operands.size() > 1 && i < operands.size(); i++) {
                int tracked = i;
                GradientCheck.check(
                        PROBES,
                        input -> {
                            List<Tensor> mixed = new ArrayList<>(operands);
                            mixed.set(tracked, input.get(0));
                            return joined(row, mixed);
                        },
                        operands.get(i));
            }
        }
    }

    /** The gradient of what reads one triangle of a matrix is that of a symmetric one, so the operand is varied as one. */
    private static List<Tensor> meaningful(OperationCase row, List<Tensor> operands) {
        if (row.operation() instanceof LinearAlgebra.SymmetricEigen
                || row.operation() instanceof Factorization.Cholesky) {
            Tensor matrix = operands.get(0);
            int rank = matrix.shape().rank();
            int[] order = IntStream.range(0, rank).toArray();
            order[rank - 2] = rank - 1;
            order[rank - 1] = rank - 2;
            return List.of(matrix.add(matrix.permute(order)).affine(0.5, 0));
        }
        return operands;
    }

    private static Tensor joined(OperationCase row, List<Tensor> operands) {
        List<Tensor> parts = new ArrayList<>();
        for (Tensor result : Tensor.applyAll(row.operation(), meaningful(row, operands))) {
            if (result.type().isFloating()) {
                parts.add(result.to(ElementType.FLOAT64).reshape(result.shape().elements()));
            }
        }
        return Tensor.concat(0, parts);
    }

    /** The operands are refused with an error that names the operation. */
    public static void refused(OperationRefusal refusal) {
        try {
            List<Spec> outputs = refusal.operation().outputs(refusal.operands());
            throw new AssertionError(refusal + " was not refused but gives " + outputs);
        } catch (ShapeException error) {
            String message = String.valueOf(error.getMessage());
            if (!message.startsWith(refusal.operation().name() + ": ")) {
                throw new AssertionError(refusal + ": the error does not name the operation: " + message, error);
            }
        }
    }
}
