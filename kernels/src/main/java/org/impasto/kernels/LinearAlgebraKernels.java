package org.impasto.kernels;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.ElementType;
import org.impasto.core.LinearAlgebra;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Statistics;
import org.impasto.kernels.internal.matrix.BatchOffsets;
import org.impasto.kernels.internal.matrix.DoubleMatrices;
import org.impasto.kernels.internal.matrix.FeatureProducts;
import org.impasto.kernels.internal.matrix.FloatMatrices;
import org.impasto.kernels.internal.matrix.MatrixShape;
import org.impasto.kernels.internal.matrix.SymmetricEigen;
import org.impasto.kernels.internal.provider.VectorSupport;

/** Products and decompositions of matrices, and the products of feature maps with themselves. */
final class LinearAlgebraKernels {
    private static final FloatMatrices FLOATS = new FloatMatrices(VectorSupport.isVector());
    private static final DoubleMatrices DOUBLES = new DoubleMatrices(VectorSupport.isVector());
    private static final FeatureProducts FEATURES = new FeatureProducts(VectorSupport.isVector());

    private LinearAlgebraKernels() {}

    static void register(KernelRegistry registry) {
        registry.add(LinearAlgebra.MatrixProduct.class, LinearAlgebraKernels::product);
        registry.addUnary(LinearAlgebra.Gram.class, (gram, x, output, call) -> gram(x, output, call));
        registry.add(LinearAlgebra.SymmetricEigen.class, LinearAlgebraKernels::eigen);
        registry.addUnary(Statistics.Covariance.class, LinearAlgebraKernels::covariance);
    }

    private static List<CpuArray> product(
            LinearAlgebra.MatrixProduct operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray left = call.asPlain(inputs.get(0));
        CpuArray right = call.asPlain(inputs.get(1));
        CpuArray result = call.plain(outputs.get(0));
        int depth = left.size(operation.transposeLeft() ? -2 : -1);
        MatrixShape shape = new MatrixShape(
                result.size(-2), result.size(-1), depth, operation.transposeLeft(), operation.transposeRight());
        int[] batch = batch(result);
        int[] lefts = BatchOffsets.of(batch, batch(left), left.size(-2) * left.size(-1));
        int[] rights = BatchOffsets.of(batch, batch(right), right.size(-2) * right.size(-1));
        int[] results = BatchOffsets.of(batch, batch, result.size(-2) * result.size(-1));
        if (result.spec().type() == ElementType.FLOAT32) {
            FLOATS.multiply(
                    shape,
                    left.floats(),
                    lefts,
                    right.floats(),
                    rights,
                    result.floats(),
                    results,
                    false,
                    call.workers(),
                    call.run());
        } else {
            DOUBLES.multiply(
                    shape,
                    left.doubles(),
                    lefts,
                    right.doubles(),
                    rights,
                    result.doubles(),
                    results,
                    false,
                    call.workers(),
                    call.run());
        }
        return List.of(result);
    }

    private static int[] batch(CpuArray array) {
        long[] sizes = array.shape().toArray();
        return Arrays.stream(sizes, 0, sizes.length - 2)
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    private static CpuArray gram(CpuArray x, Spec output, KernelCall call) {
        CpuArray result = call.plain(output);
        int channels = x.size(1);
        int pixels = KernelCall.pixels(x);
        for (int image = 0; image < x.size(0); image++) {
            int target = image * channels * channels;
            if (x.spec().type() == ElementType.FLOAT32) {
                FEATURES.gram(
                        x.floats(),
                        imageOffset(x, image),
                        channels,
                        pixels,
                        x.isBlocked(),
                        1.0 / pixels,
                        result.floats(),
                        target,
                        call.workers(),
                        call.run());
            } else {
                FEATURES.gram(
                        x.doubles(),
                        imageOffset(x, image),
                        channels,
                        pixels,
                        1.0 / pixels,
                        result.doubles(),
                        target,
                        call.workers(),
                        call.run());
            }
        }
        return result;
    }

    private static int imageOffset(CpuArray x, int image) {
        int channels = x.isBlocked() ? (x.size(1) + 15) / 16 * 16 : x.size(1);
        return image * channels * KernelCall.pixels(x);
    }

    private static CpuArray covariance(Statistics.Covariance operation, CpuArray x, Spec output, KernelCall call) {
        CpuArray result = call.plain(output);
        int channels = x.size(1);
        int pixels = KernelCall.pixels(x);
        double scale = 1.0 / (operation.unbiased() ? pixels - 1 : pixels);
        double[] allMeans =
                StatisticsKernels.moments(x, operation.unbiased(), call).mean();
        for (int image = 0; image < x.size(0); image++) {
            double[] means = Arrays.copyOfRange(allMeans, image * channels, (image + 1) * channels);
            int target = image * channels * channels;
            if (x.spec().type() == ElementType.FLOAT32) {
                FEATURES.covariance(
                        x.floats(),
                        imageOffset(x, image),
                        channels,
                        pixels,
                        x.isBlocked(),
                        means,
                        scale,
                        result.doubles(),
                        target,
                        call.workers(),
                        call.run());
            } else {
                FEATURES.covariance(
                        x.doubles(),
                        imageOffset(x, image),
                        channels,
                        pixels,
                        means,
                        scale,
                        result.doubles(),
                        target,
                        call.workers(),
                        call.run());
            }
        }
        return result;
    }

    private static List<CpuArray> eigen(
            LinearAlgebra.SymmetricEigen operation, List<CpuArray> inputs, List<Spec> outputs, KernelCall call) {
        CpuArray values = call.plain(outputs.get(0));
        CpuArray vectors = call.plain(outputs.get(1));
        Shape shape = inputs.get(0).shape();
        SymmetricEigen.decompose(
                shape.intSize(0), inputs.get(0).doubles(), 0, values.doubles(), 0, vectors.doubles(), 0, call.run());
        return List.of(values, vectors);
    }
}
