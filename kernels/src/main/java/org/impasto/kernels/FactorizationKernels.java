package org.impasto.kernels;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.Factorization;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.kernels.internal.matrix.BatchOffsets;
import org.impasto.kernels.internal.matrix.TriangularFactors;
import org.impasto.kernels.internal.parallel.Workers;
import org.impasto.kernels.internal.provider.VectorSupport;

/** Triangular factors and equations, matrix by matrix. */
final class FactorizationKernels {
    private static final TriangularFactors FACTORS = new TriangularFactors(VectorSupport.isVector());
    private static final long WORK_PER_PIECE = 1 << 16;
    private static final Workers ALONE = new Workers(Runnable::run, 1);

    private FactorizationKernels() {}

    static void register(KernelRegistry registry) {
        registry.addUnary(Factorization.Cholesky.class, FactorizationKernels::cholesky);
        registry.add(Factorization.Lu.class, FactorizationKernels::lu);
        registry.add(Factorization.TriangularSolve.class, FactorizationKernels::solve);
    }

    private static CpuArray cholesky(Factorization.Cholesky operation, CpuArray a, Spec output, KernelCall call) {
        CpuArray factor = copy(a, output, call);
        int n = a.size(-1);
        each(matrices(a), n, (long) n * n * n, call, (matrix, workers) -> {
            FACTORS.cholesky(n, factor.doubles(), matrix * n * n, workers, call.run());
        });
        return factor;
    }

    private static List<CpuArray> lu(
            Factorization.Lu operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray factors = copy(inputs.get(0), outputs.get(0), call);
        CpuArray rows = call.plain(outputs.get(1));
        CpuArray sign = call.plain(outputs.get(2));
        int n = factors.size(-1);
        each(matrices(factors), n, (long) n * n * n, call, (matrix, workers) -> {
            sign.doubles()[matrix] =
                    FACTORS.lu(n, factors.doubles(), matrix * n * n, rows.longs(), matrix * n, workers, call.run());
        });
        return List.of(factors, rows, sign);
    }

    private static List<CpuArray> solve(
            Factorization.TriangularSolve operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray triangle = call.asPlain(inputs.get(0));
        CpuArray right = call.asPlain(inputs.get(1));
        CpuArray result = call.plain(outputs.get(0));
        int n = triangle.size(-1);
        int columns = right.size(-1);
        int[] batch = batch(result);
        int[] triangles = BatchOffsets.of(batch, batch(triangle), n * n);
        int[] rights = BatchOffsets.of(batch, batch(right), n * columns);
        each(triangles.length, n, (long) n * n * columns, call, (matrix, workers) -> {
            int to = matrix * n * columns;
            System.arraycopy(right.doubles(), rights[matrix], result.doubles(), to, n * columns);
            FACTORS.solve(
                    n,
                    columns,
                    operation.lower(),
                    operation.transposed(),
                    operation.unit(),
                    triangle.doubles(),
                    triangles[matrix],
                    result.doubles(),
                    to,
                    workers,
                    call.run());
        });
        return List.of(result);
    }

    private interface EachMatrix {
        void compute(int matrix, Workers workers);
    }

    /** Small matrices are shared among the threads; the threads share each large one. */
    private static void each(int count, int n, long work, KernelCall call, EachMatrix each) {
        if (!TriangularFactors.isOneBlock(n)) {
            for (int matrix = 0; matrix < count; matrix++) {
                each.compute(matrix, call.workers());
            }
            return;
        }
        int perPiece = (int) Math.max(1, WORK_PER_PIECE / Math.max(1, work));
        call.workers().run((count + perPiece - 1) / perPiece, call.run(), (piece, worker) -> {
            int end = Math.min(count, (piece + 1) * perPiece);
            for (int matrix = piece * perPiece; matrix < end; matrix++) {
                each.compute(matrix, ALONE);
            }
        });
    }

    private static CpuArray copy(CpuArray operand, Spec spec, KernelCall call) {
        CpuArray plain = call.asPlain(operand);
        CpuArray copy = call.plain(spec);
        System.arraycopy(
                plain.doubles(), 0, copy.doubles(), 0, (int) spec.shape().elements());
        return copy;
    }

    private static int matrices(CpuArray array) {
        return Arrays.stream(batch(array)).reduce(1, (a, b) -> a * b);
    }

    private static int[] batch(CpuArray array) {
        Shape shape = array.shape();
        return Arrays.stream(shape.toArray(), 0, shape.rank() - 2)
                .mapToInt(Math::toIntExact)
                .toArray();
    }
}
