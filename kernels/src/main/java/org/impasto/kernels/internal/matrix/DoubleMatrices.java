package org.impasto.kernels.internal.matrix;

import java.util.Arrays;
import org.impasto.core.Run;
import org.impasto.kernels.internal.parallel.Workers;

/**
 * Products of float64 matrices.
 *
 * <p>Both operands are packed in parts that fit the caches, then tiles of the result are computed from them. All cuts
 * depend on the shape alone, so results are equal bit by bit for any number of threads. Every sum of more than
 * {@value #DEPTH} terms is a sum of partial sums.
 */
public final class DoubleMatrices {
    private static final int DEPTH = 512; // terms of a sum computed from one packing
    private static final int BLOCK_ROWS = 96; // with DEPTH terms, they stay in the second cache
    private static final int BLOCK_COLUMNS = 512;
    private static final int PART_ROWS = 4032; // rows and columns that are packed at once
    private static final int PART_COLUMNS = 4096;
    private static final long SCALAR_WORK = 512; // products too small to be packed
    private static final long LONE_WORK = 1L << 20; // products too small to be shared by threads
    private static final long WORK_PER_PIECE = 1L << 18; // of several such products
    private static final int PACKED_PER_PIECE = 1 << 15;
    private static final int VECTOR_WORK_PER_PIECE = 1 << 17;
    private static final int SHALLOW = 64; // terms of a sum, of which a packed panel stays in the first cache
    private static final int FEW_ROWS = 32; // that are multiplied with few others where they lie

    private final DoubleProduct kernel;

    /** Products with vector or with plain inner loops. */
    public DoubleMatrices(boolean vector) {
        kernel = vector ? new VectorDoubleProduct() : new PlainDoubleProduct();
    }

    /**
     * {@code C = op(A) op(B)}, or {@code C += op(A) op(B)} if {@code accumulate}. C must not share memory with A or B. A
     * sum without terms is zero.
     */
    public void multiply(
            MatrixShape shape,
            double[] a,
            int aOffset,
            double[] b,
            int bOffset,
            double[] c,
            int cOffset,
            boolean accumulate,
            Workers workers,
            Run run) {
        multiply(
                shape,
                a,
                new int[] {aOffset},
                b,
                new int[] {bOffset},
                c,
                new int[] {cOffset},
                accumulate,
                workers,
                run);
    }

    /**
     * Products of one shape: element i multiplies the matrices that begin at {@code aOffsets[i]} and
     * {@code bOffsets[i]}. Operands may repeat ({@link BatchOffsets} gives the offsets of broadcast batches), results
     * may not overlap.
     */
    public void multiply(
            MatrixShape shape,
            double[] a,
            int[] aOffsets,
            double[] b,
            int[] bOffsets,
            double[] c,
            int[] cOffsets,
            boolean accumulate,
            Workers workers,
            Run run) {
        int batch = cOffsets.length;
        int size = shape.rows() * shape.columns();
        if (batch == 0 || size == 0) {
            return;
        }
        if (shape.work() > LONE_WORK && !areFewLongRows(shape)) {
            for (int i = 0; i < batch; i++) {
                one(shape, a, aOffsets[i], b, bOffsets[i], c, cOffsets[i], accumulate, workers, run);
            }
            return;
        }
        int perPiece = (int) Math.max(1, WORK_PER_PIECE / Math.max(64, shape.work()));
        Workers alone = new Workers(Runnable::run, 1);
        workers.run((batch + perPiece - 1) / perPiece, run, (piece, worker) -> {
            int end = Math.min(batch, (piece + 1) * perPiece);
            for (int i = piece * perPiece; i < end; i++) {
                one(shape, a, aOffsets[i], b, bOffsets[i], c, cOffsets[i], accumulate, alone, run);
            }
        });
    }

    private void one(
            MatrixShape shape,
            double[] a,
            int aOffset,
            double[] b,
            int bOffset,
            double[] c,
            int cOffset,
            boolean accumulate,
            Workers workers,
            Run run) {
        if (!accumulate) {
            Arrays.fill(c, cOffset, cOffset + shape.rows() * shape.columns(), 0);
        }
        if (shape.work() == 0) {
            return;
        }
        if (shape.work() <= SCALAR_WORK) {
            scalar(shape, a, aOffset, b, bOffset, c, cOffset);
        } else if (shape.columns() == 1) {
            matrixTimesVector(
                    shape.rows(),
                    shape.depth(),
                    a,
                    aOffset,
                    shape.rowStrideA(),
                    shape.depthStrideA(),
                    b,
                    bOffset,
                    c,
                    cOffset,
                    workers,
                    run);
        } else if (shape.rows() == 1) {
            matrixTimesVector(
                    shape.columns(),
                    shape.depth(),
                    b,
                    bOffset,
                    shape.columnStrideB(),
                    shape.depthStrideB(),
                    a,
                    aOffset,
                    c,
                    cOffset,
                    workers,
                    run);
        } else if (areFewLongRows(shape)) {
            for (int k = 0; k < shape.depth(); k += DEPTH) {
                run.throwIfCancelled();
                kernel.addRowProducts(
                        shape.rows(),
                        shape.columns(),
                        Math.min(DEPTH, shape.depth() - k),
                        a,
                        aOffset + k,
                        shape.depth(),
                        b,
                        bOffset + k,
                        shape.depth(),
                        c,
                        cOffset,
                        shape.columns());
            }
        } else if (shape.columns() * 2 <= kernel.panelWidth() && shape.rows() > shape.columns()) {
            turned(shape, a, aOffset, b, bOffset, c, cOffset, workers, run);
        } else if (shape.rows() <= BLOCK_ROWS && shape.depth() <= SHALLOW) {
            panelByPanel(shape, a, aOffset, b, bOffset, c, cOffset, workers, run);
        } else {
            packed(shape, a, aOffset, b, bOffset, c, cOffset, workers, run);
        }
    }

    /** Whether few rows are multiplied with few rows, as for the gradient of a matrix of channels: no panel would be full. */
    private static boolean areFewLongRows(MatrixShape shape) {
        boolean few = shape.rows() >= 4 && shape.rows() <= FEW_ROWS && shape.columns() <= FEW_ROWS;
        return few && shape.depth() > SHALLOW && !shape.transposeA() && shape.transposeB();
    }

    /** A small matrix times a wide one, each panel of which is used once: right after it is packed. */
    private void panelByPanel(
            MatrixShape shape,
            double[] a,
            int aOffset,
            double[] b,
            int bOffset,
            double[] c,
            int cOffset,
            Workers workers,
            Run run) {
        int group = kernel.rowGroup();
        int width = kernel.panelWidth();
        int rows = shape.rows();
        int columns = shape.columns();
        int depth = shape.depth();
        int groupSize = group * PackedLayout.steps(depth) * PackedLayout.STEP;
        double[] packedA = new double[ceiling(rows, group) * groupSize];
        packGroups(shape, 0, ceiling(rows, group), rows, depth, a, aOffset, packedA);
        int perPiece = ceiling(PACKED_PER_PIECE, width * depth) * width;
        workers.run(ceiling(columns, perPiece), run, (piece, worker) -> {
            double[] panel = new double[width * depth];
            int end = Math.min(columns, (piece + 1) * perPiece);
            for (int column = piece * perPiece; column < end; column += width) {
                int count = Math.min(width, end - column);
                DoublePacking.columns(
                        width,
                        count,
                        depth,
                        b,
                        bOffset + column * shape.columnStrideB(),
                        shape.depthStrideB(),
                        shape.columnStrideB(),
                        panel,
                        0);
                kernel.multiplyAdd(rows, count, depth, packedA, 0, panel, 0, c, cOffset + column, columns);
            }
        });
    }

    /** Packs groups of rows of the left factor, of which so many rows begin at {@code fromA}. */
    private void packGroups(
            MatrixShape shape, int first, int end, int rows, int depth, double[] a, int fromA, double[] packedA) {
        int group = kernel.rowGroup();
        int groupSize = group * PackedLayout.steps(depth) * PackedLayout.STEP;
        for (int i = first; i < end; i++) {
            DoublePacking.rows(
                    group,
                    Math.min(group, rows - i * group),
                    depth,
                    a,
                    fromA + i * group * shape.rowStrideA(),
                    shape.rowStrideA(),
                    shape.depthStrideA(),
                    packedA,
                    i * groupSize);
        }
    }

    private static void scalar(
            MatrixShape shape, double[] a, int aOffset, double[] b, int bOffset, double[] c, int cOffset) {
        for (int i = 0; i < shape.rows(); i++) {
            for (int j = 0; j < shape.columns(); j++) {
                int from = aOffset + i * shape.rowStrideA();
                int by = bOffset + j * shape.columnStrideB();
                double sum = 0;
                for (int k = 0; k < shape.depth(); k++) {
                    sum += a[from + k * shape.depthStrideA()] * b[by + k * shape.depthStrideB()];
                }
                c[cOffset + i * shape.columns() + j] += sum;
            }
        }
    }

    /** {@code y += A x} with A given by its strides, one of which is 1, and x and y contiguous. */
    private void matrixTimesVector(
            int rows,
            int depth,
            double[] a,
            int aOffset,
            int rowStride,
            int depthStride,
            double[] x,
            int xOffset,
            double[] y,
            int yOffset,
            Workers workers,
            Run run) {
        int perPiece = Math.max(64, VECTOR_WORK_PER_PIECE / depth / 64 * 64);
        int pieces = (rows + perPiece - 1) / perPiece;
        workers.run(pieces, run, (piece, worker) -> {
            int first = piece * perPiece;
            int end = Math.min(rows, first + perPiece);
            if (depthStride == 1) {
                for (int row = first; row < end; row++) {
                    y[yOffset + row] += kernel.dot(depth, a, aOffset + row * rowStride, x, xOffset);
                }
            } else {
                kernel.addScaledRows(
                        depth, end - first, x, xOffset, 1, a, aOffset + first, depthStride, y, yOffset + first);
            }
        });
    }

    /** A product with few columns, computed as its transpose, whose panels are full. */
    private void turned(
            MatrixShape shape,
            double[] a,
            int aOffset,
            double[] b,
            int bOffset,
            double[] c,
            int cOffset,
            Workers workers,
            Run run) {
        int rows = shape.rows();
        int columns = shape.columns();
        double[] transposed = new double[rows * columns];
        packed(shape.transposed(), b, bOffset, a, aOffset, transposed, 0, workers, run);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                c[cOffset + i * columns + j] += transposed[j * rows + i];
            }
        }
    }

    private void packed(
            MatrixShape shape,
            double[] a,
            int aOffset,
            double[] b,
            int bOffset,
            double[] c,
            int cOffset,
            Workers workers,
            Run run) {
        int group = kernel.rowGroup();
        int width = kernel.panelWidth();
        int most = Math.min(DEPTH, shape.depth());
        int partRows = Math.min(PART_ROWS, shape.rows());
        int partColumns = Math.min(PART_COLUMNS, shape.columns());
        double[] packedA = new double[ceiling(partRows, group) * group * PackedLayout.steps(most) * PackedLayout.STEP];
        double[] packedB = new double[ceiling(partColumns, width) * width * most];
        for (int row = 0; row < shape.rows(); row += partRows) {
            for (int column = 0; column < shape.columns(); column += partColumns) {
                for (int k = 0; k < shape.depth(); k += DEPTH) {
                    part(
                            shape,
                            row,
                            Math.min(partRows, shape.rows() - row),
                            column,
                            Math.min(partColumns, shape.columns() - column),
                            k,
                            Math.min(DEPTH, shape.depth() - k),
                            a,
                            aOffset,
                            b,
                            bOffset,
                            c,
                            cOffset,
                            packedA,
                            packedB,
                            workers,
                            run);
                }
            }
        }
    }

    private void part(
            MatrixShape shape,
            int row,
            int rows,
            int column,
            int columns,
            int k,
            int depth,
            double[] a,
            int aOffset,
            double[] b,
            int bOffset,
            double[] c,
            int cOffset,
            double[] packedA,
            double[] packedB,
            Workers workers,
            Run run) {
        int group = kernel.rowGroup();
        int width = kernel.panelWidth();
        int groupSize = group * PackedLayout.steps(depth) * PackedLayout.STEP;
        int panelSize = width * depth;
        int groups = ceiling(rows, group);
        int panels = ceiling(columns, width);
        int groupsPerPiece = Math.max(1, PACKED_PER_PIECE / groupSize);
        int panelsPerPiece = Math.max(1, PACKED_PER_PIECE / panelSize);
        int piecesOfA = ceiling(groups, groupsPerPiece);
        int fromA = aOffset + row * shape.rowStrideA() + k * shape.depthStrideA();
        int fromB = bOffset + column * shape.columnStrideB() + k * shape.depthStrideB();
        workers.run(piecesOfA + ceiling(panels, panelsPerPiece), run, (piece, worker) -> {
            if (piece < piecesOfA) {
                int end = Math.min(groups, (piece + 1) * groupsPerPiece);
                packGroups(shape, piece * groupsPerPiece, end, rows, depth, a, fromA, packedA);
            } else {
                int first = (piece - piecesOfA) * panelsPerPiece;
                int end = Math.min(panels, first + panelsPerPiece);
                for (int j = first; j < end; j++) {
                    DoublePacking.columns(
                            width,
                            Math.min(width, columns - j * width),
                            depth,
                            b,
                            fromB + j * width * shape.columnStrideB(),
                            shape.depthStrideB(),
                            shape.columnStrideB(),
                            packedB,
                            j * panelSize);
                }
            }
        });
        int blockGroups = BLOCK_ROWS / group;
        int blockPanels = Math.max(1, BLOCK_COLUMNS / width);
        int blocksAcross = ceiling(panels, blockPanels);
        workers.run(ceiling(groups, blockGroups) * blocksAcross, run, (piece, worker) -> {
            int firstGroup = piece / blocksAcross * blockGroups;
            int firstPanel = piece % blocksAcross * blockPanels;
            int endPanel = Math.min(panels, firstPanel + blockPanels);
            int firstRow = firstGroup * group;
            int blockRows = Math.min(BLOCK_ROWS, rows - firstRow);
            for (int panel = firstPanel; panel < endPanel; panel++) {
                kernel.multiplyAdd(
                        blockRows,
                        Math.min(width, columns - panel * width),
                        depth,
                        packedA,
                        firstGroup * groupSize,
                        packedB,
                        panel * panelSize,
                        c,
                        cOffset + (row + firstRow) * shape.columns() + column + panel * width,
                        shape.columns());
            }
        });
    }

    private static int ceiling(int size, int step) {
        return (size + step - 1) / step;
    }
}
