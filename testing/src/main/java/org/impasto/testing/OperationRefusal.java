package org.impasto.testing;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Attention;
import org.impasto.core.Conversion;
import org.impasto.core.Convolution;
import org.impasto.core.Convolution.Activation;
import org.impasto.core.Convolution.FusedPooling;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.ElementType;
import org.impasto.core.Elementwise;
import org.impasto.core.Filtering;
import org.impasto.core.Generation;
import org.impasto.core.LinearAlgebra;
import org.impasto.core.Normalization;
import org.impasto.core.Operation;
import org.impasto.core.Padding;
import org.impasto.core.PaddingMode;
import org.impasto.core.Pooling;
import org.impasto.core.Pooling.Window;
import org.impasto.core.Reduction;
import org.impasto.core.Resampling;
import org.impasto.core.Resampling.Filter;
import org.impasto.core.Scan;
import org.impasto.core.Selection;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Statistics;
import org.impasto.core.View;

/** Operands that the shape rule of an operation is to refuse, by name. */
public record OperationRefusal(Operation operation, List<Spec> operands) {
    private static final Spec PICTURE = Spec.float32(1, 3, 5, 7);
    private static final Spec DOUBLE_PICTURE = as(PICTURE, ElementType.FLOAT64);
    private static final Spec LONGS = as(PICTURE, ElementType.INT64);
    private static final Spec VECTOR = Spec.float32(5);
    private static final Spec EMPTY = Spec.float32(1, 3, 0, 7);

    /** At least one for every operation. */
    public static List<OperationRefusal> all() {
        List<OperationRefusal> all = new ArrayList<>();
        elementwise(all);
        views(all);
        selections(all);
        matrices(all);
        FactorizationCases.refuse(all);
        convolutions(all);
        pictures(all);
        filters(all);
        normalization(all);
        CouplingCases.refuse(all);
        DescentCases.refuse(all);
        return all;
    }

    private static void elementwise(List<OperationRefusal> all) {
        for (Operation operation : List.of(
                new Elementwise.Unary(Elementwise.UnaryFunction.EXPONENTIAL),
                new Elementwise.LeakyRelu(0.1),
                new Elementwise.Elu(1),
                new Elementwise.Clamp(0, 1),
                new Elementwise.Affine(1, 2),
                new Elementwise.Power(2))) {
            refuse(all, operation);
            refuse(all, operation, PICTURE, PICTURE);
            refuse(all, operation, LONGS);
        }
        refuse(all, new Elementwise.Clamp(1, 0), PICTURE);
        refuse(all, new Elementwise.Clamp(Double.NaN, 0), PICTURE);
        refuse(all, new Elementwise.LeakyReluGradient(0.1), PICTURE);
        refuse(all, new Elementwise.LeakyReluGradient(0.1), PICTURE, VECTOR);
        refuse(all, new Elementwise.LeakyReluGradient(0.1), LONGS, LONGS);
        Operation add = new Elementwise.Binary(Elementwise.BinaryFunction.ADD);
        refuse(all, add, PICTURE);
        refuse(all, add, PICTURE, Spec.float32(2));
        refuse(all, add, PICTURE, DOUBLE_PICTURE);
        refuse(all, new Elementwise.Binary(Elementwise.BinaryFunction.DIVIDE), LONGS, LONGS);
        refuse(all, new Conversion.Cast(ElementType.FLOAT16), PICTURE);
        refuse(all, new Conversion.Cast(ElementType.FLOAT32));
        refuse(all, new Generation.Fill(PICTURE, 1), PICTURE);
        refuse(all, new Generation.Fill(as(PICTURE, ElementType.BFLOAT16), 1));
        refuse(all, new Generation.Noise(LONGS, 1, 0));
        refuse(all, new Generation.Noise(PICTURE, 1, 0), PICTURE);
    }

    private static void views(List<OperationRefusal> all) {
        for (Operation operation : List.of(
                new Reduction.Sum(List.of(1)), new Reduction.Maximum(List.of(1)), new Reduction.Minimum(List.of(1)))) {
            refuse(all, operation, VECTOR);
            refuse(all, operation, LONGS);
            refuse(all, operation, PICTURE, PICTURE);
        }
        refuse(all, new Reduction.Sum(List.of(1, 1)), PICTURE);
        refuse(all, new Reduction.Sum(List.of(-1)), PICTURE);
        refuse(all, new Reduction.Maximum(List.of(2)), EMPTY);
        refuse(all, new View.Reshape(Shape.of(3, 34)), PICTURE);
        refuse(all, new View.Reshape(Shape.of(5)));
        refuse(all, new View.Permute(List.of(0, 1)), PICTURE);
        refuse(all, new View.Permute(List.of(0, 1, 2, 2)), PICTURE);
        refuse(all, new View.Permute(List.of(0, 1, 2, 4)), PICTURE);
        refuse(all, new View.Slice(1, 2, 2), PICTURE);
        refuse(all, new View.Slice(1, -1, 2), PICTURE);
        refuse(all, new View.Slice(1, 2, Long.MAX_VALUE), PICTURE);
        refuse(all, new View.Slice(4, 0, 1), PICTURE);
        refuse(all, new View.Concat(1));
        refuse(all, new View.Concat(1), PICTURE, Spec.float32(1, 3, 5, 8));
        refuse(all, new View.Concat(1), PICTURE, VECTOR);
        refuse(all, new View.Concat(1), PICTURE, DOUBLE_PICTURE);
        refuse(all, new View.Concat(4), PICTURE);
    }

    private static void selections(List<OperationRefusal> all) {
        Spec indices = as(VECTOR, ElementType.INT64);
        refuse(all, new Scan.CumulativeSum(1, false));
        refuse(all, new Scan.CumulativeSum(1, false), VECTOR);
        refuse(all, new Scan.CumulativeSum(1, true), LONGS);
        refuse(all, new Selection.ArgMaximum(1));
        refuse(all, new Selection.ArgMaximum(1), VECTOR);
        refuse(all, new Selection.ArgMaximum(-1), PICTURE);
        refuse(all, new Selection.ArgMaximum(1), LONGS);
        refuse(all, new Selection.ArgMaximum(2), EMPTY);
        for (Operation operation : List.of(new Selection.IndexSelect(2), new Selection.IndexAdd(2, 4))) {
            refuse(all, operation, PICTURE);
            refuse(all, operation, VECTOR, indices);
            refuse(all, operation, PICTURE, VECTOR);
            refuse(all, operation, PICTURE, LONGS);
        }
        refuse(all, new Selection.IndexAdd(1, 4), PICTURE, indices);
        refuse(all, new Selection.IndexAdd(2, -1), PICTURE, indices);
        refuse(all, new Selection.IndexAdd(2, 4), LONGS, indices);
    }

    private static void matrices(List<OperationRefusal> all) {
        Operation product = new LinearAlgebra.MatrixProduct(false, true);
        refuse(all, product, Spec.float32(2, 3));
        refuse(all, product, Spec.float32(2, 3), Spec.float32(3, 2));
        refuse(all, product, Spec.float32(3), Spec.float32(2, 3));
        refuse(all, product, Spec.float32(2, 4, 3), Spec.float32(3, 4, 3));
        refuse(all, product, Spec.float32(2, 3), as(Spec.float32(2, 3), ElementType.FLOAT64));
        for (Operation operation : List.of(
                new LinearAlgebra.Gram(), new Statistics.ChannelMoments(false), new Statistics.Covariance(false))) {
            refuse(all, operation);
            refuse(all, operation, VECTOR);
            refuse(all, operation, LONGS);
            refuse(all, operation, EMPTY);
        }
        refuse(all, new Statistics.ChannelMoments(true), Spec.float32(1, 3, 1, 1));
        refuse(all, new Statistics.Covariance(true), Spec.float32(1, 3, 1, 1));
        Operation eigen = new LinearAlgebra.SymmetricEigen();
        refuse(all, eigen, Spec.float32(3, 3));
        refuse(all, eigen, as(Spec.float32(3, 4), ElementType.FLOAT64));
        refuse(all, eigen, as(VECTOR, ElementType.FLOAT64));
    }

    private static void convolutions(List<OperationRefusal> all) {
        Spec weight = Spec.float32(4, 3, 3, 3);
        Spec result = Spec.float32(1, 4, 3, 5);
        Geometry plain = Geometry.plain();
        Operation convolution = convolution(plain);
        refuse(all, convolution, PICTURE);
        refuse(all, convolution, PICTURE, weight, Spec.float32(4), Spec.float32(4));
        refuse(all, convolution, VECTOR, weight);
        refuse(all, convolution, PICTURE, VECTOR);
        refuse(all, convolution, PICTURE, Spec.float32(4, 2, 3, 3));
        refuse(all, convolution, PICTURE, Spec.float32(4, 3, 6, 3));
        refuse(all, convolution, PICTURE, weight, Spec.float32(3));
        refuse(all, convolution, LONGS, as(weight, ElementType.INT64));
        refuse(all, convolution, PICTURE, as(weight, ElementType.FLOAT64));
        refuse(all, convolution(plain.strided(0, 1)), PICTURE, weight);
        refuse(all, convolution(plain.dilated(1, 9)), PICTURE, weight);
        refuse(all, convolution(plain.grouped(2)), Spec.float32(1, 6, 5, 7), Spec.float32(3, 3, 3, 3));
        refuse(all, convolution(plain.padded(Edges.all(5), PaddingMode.REFLECT)), PICTURE, weight);
        refuse(all, convolution(plain.padded(Edges.all(-3), PaddingMode.ZERO)), PICTURE, weight);
        refuse(
                all,
                new Convolution.Conv2d(plain, Activation.NONE, FusedPooling.FLOOR),
                Spec.float32(1, 3, 3, 3),
                weight);

        Spec turned = Spec.float32(3, 4, 3, 3);
        Operation transposed = new Convolution.ConvTranspose2d(plain);
        refuse(all, transposed, PICTURE);
        refuse(all, transposed, VECTOR, turned);
        refuse(all, transposed, PICTURE, VECTOR);
        refuse(all, transposed, PICTURE, weight);
        refuse(all, transposed, PICTURE, as(turned, ElementType.FLOAT64));
        refuse(all, transposed, PICTURE, turned, Spec.float32(3));
        refuse(all, transposed, Spec.float32(1, 3, 0, 5), turned);
        refuse(all, new Convolution.ConvTranspose2d(plain.strided(0, 1)), PICTURE, turned);
        refuse(all, new Convolution.ConvTranspose2d(plain.grouped(2)), PICTURE, turned);
        refuse(all, new Convolution.ConvTranspose2d(plain.padded(Edges.all(1), PaddingMode.REFLECT)), PICTURE, turned);
        refuse(all, new Convolution.ConvTranspose2d(plain.padded(Edges.all(9), PaddingMode.ZERO)), PICTURE, turned);

        Operation data = new Convolution.DataGradient(plain, PICTURE.shape());
        refuse(all, data, result);
        refuse(all, data, Spec.float32(1, 4, 4, 5), weight);
        refuse(all, data, result, VECTOR);
        refuse(all, data, result, Spec.float32(4, 2, 3, 3));
        refuse(all, data, result, as(weight, ElementType.FLOAT64));
        refuse(all, new Convolution.DataGradient(plain, VECTOR.shape()), result, weight);
        Operation ofWeight = new Convolution.WeightGradient(plain, weight.shape());
        refuse(all, ofWeight, PICTURE);
        refuse(all, ofWeight, PICTURE, Spec.float32(1, 4, 4, 5));
        refuse(all, ofWeight, VECTOR, result);
        refuse(all, ofWeight, PICTURE, as(result, ElementType.FLOAT64));
        refuse(all, new Convolution.WeightGradient(plain, VECTOR.shape()), PICTURE, result);
    }

    private static Operation convolution(Geometry geometry) {
        return new Convolution.Conv2d(geometry, Activation.NONE, FusedPooling.NONE);
    }

    private static void pictures(List<OperationRefusal> all) {
        Spec pooled = Spec.float32(1, 3, 2, 3);
        for (Operation pooling :
                List.of(new Pooling.MaxPool2d(Window.of(2)), new Pooling.AvgPool2d(Window.of(2), true))) {
            refuse(all, pooling);
            refuse(all, pooling, VECTOR);
            refuse(all, pooling, LONGS);
            refuse(all, pooling, Spec.float32(1, 3, 1, 4));
        }
        refuse(all, new Pooling.MaxPool2d(new Window(2, 2, 2, 1, false)), PICTURE);
        refuse(all, new Pooling.MaxPool2d(new Window(2, 0, 0, 1, false)), PICTURE);
        refuse(all, new Pooling.MaxPool2d(new Window(2, 2, 1 << 30, 1, false)), PICTURE);
        refuse(all, new Pooling.MaxPool2d(new Window(1 << 30, Integer.MAX_VALUE, 0, 1, true)), PICTURE);
        refuse(all, new Pooling.AvgPool2d(new Window(2, 2, 0, 2, false), true), PICTURE);
        refuse(all, new Pooling.MaxPool2dWithIndices(Window.of(2)), VECTOR);
        refuse(all, new Pooling.MaxPool2dWithIndices(new Window(2, 2, 2, 1, false)), PICTURE);
        refuse(all, new Pooling.AdaptiveMaxPool2d(2, 3), LONGS);
        refuse(all, new Pooling.AdaptiveMaxPool2d(2, 3), EMPTY);
        refuse(all, new Pooling.AdaptiveMaxPool2d(0, 3), PICTURE);
        Operation unpool = new Pooling.MaxUnpool2d(5, 7);
        refuse(all, unpool, PICTURE);
        refuse(all, unpool, PICTURE, PICTURE);
        refuse(all, unpool, pooled, LONGS);
        refuse(all, unpool, LONGS, LONGS);
        refuse(all, new Pooling.MaxUnpool2d(-5, 7), PICTURE, LONGS);
        refuse(all, new Pooling.PickFromPlane(), PICTURE);
        refuse(all, new Pooling.PickFromPlane(), PICTURE, PICTURE);
        refuse(all, new Pooling.PickFromPlane(), PICTURE, as(Spec.float32(1, 4, 5, 7), ElementType.INT64));
        Operation ofMaximum = new Pooling.MaxPool2dGradient(Window.of(2));
        refuse(all, ofMaximum, PICTURE);
        refuse(all, ofMaximum, PICTURE, PICTURE);
        refuse(all, ofMaximum, VECTOR, pooled);
        refuse(all, ofMaximum, PICTURE, as(pooled, ElementType.FLOAT64));
        Operation ofMean = new Pooling.AvgPool2dGradient(Window.of(2), true, PICTURE.shape());
        refuse(all, ofMean, PICTURE);
        refuse(all, ofMean, as(pooled, ElementType.INT64));
        refuse(all, new Pooling.AvgPool2dGradient(Window.of(2), true, VECTOR.shape()), pooled);

        Operation pad = new Padding.Pad(Edges.all(5), PaddingMode.REFLECT, 0);
        refuse(all, pad, PICTURE);
        refuse(all, pad, VECTOR);
        refuse(all, new Padding.Pad(Edges.all(1), PaddingMode.REPLICATE, 0), EMPTY);
        refuse(all, new Padding.Pad(Edges.all(-3), PaddingMode.ZERO, 0), PICTURE);
        refuse(all, new Padding.Pad(Edges.all(1), PaddingMode.ZERO, 0), LONGS);
        Operation ofPad = new Padding.PadGradient(Edges.all(1), PaddingMode.REFLECT, PICTURE.shape());
        refuse(all, ofPad, PICTURE);
        refuse(all, ofPad, as(Spec.float32(1, 3, 7, 9), ElementType.INT64));
        refuse(all, new Padding.PadGradient(Edges.all(1), PaddingMode.ZERO, VECTOR.shape()), PICTURE);
        refuse(
                all,
                new Padding.PadGradient(Edges.all(5), PaddingMode.REFLECT, PICTURE.shape()),
                Spec.float32(1, 3, 15, 17));

        Resampling.Resize resize = new Resampling.Resize(3, 4, Filter.BILINEAR, false, false);
        refuse(all, resize, VECTOR);
        refuse(all, resize, EMPTY);
        refuse(all, resize, LONGS);
        refuse(all, new Resampling.Resize(0, 4, Filter.BILINEAR, false, false), PICTURE);
        refuse(all, new Resampling.Resize(3, 4, Filter.BILINEAR, true, true), PICTURE);
        refuse(all, new Resampling.ResizeGradient(resize, PICTURE.shape()), PICTURE);
        refuse(
                all,
                new Resampling.ResizeGradient(resize, PICTURE.shape()),
                as(Spec.float32(1, 3, 3, 4), ElementType.INT64));
        refuse(all, new Resampling.ResizeGradient(resize, VECTOR.shape()), Spec.float32(1, 3, 3, 4));
    }

    private static void filters(List<OperationRefusal> all) {
        Operation mean = new Filtering.BoxMean(1, Filtering.Border.TRUNCATED);
        refuse(all, mean);
        refuse(all, mean, PICTURE, PICTURE);
        refuse(all, mean, VECTOR);
        refuse(all, mean, LONGS);
        refuse(all, new Filtering.BoxMean(-1, Filtering.Border.TRUNCATED), PICTURE);
        refuse(all, new Filtering.BoxMean(5, Filtering.Border.REFLECT), PICTURE);
        refuse(all, new Filtering.BoxMean(6, Filtering.Border.CIRCULAR), PICTURE);
        refuse(all, new Filtering.BoxMean(1, Filtering.Border.SYMMETRIC), EMPTY);
        Operation guided = new Filtering.GuidedFilter(1, Filtering.Border.TRUNCATED, 0.1);
        refuse(all, guided, PICTURE);
        refuse(all, guided, PICTURE, VECTOR);
        refuse(all, guided, VECTOR, PICTURE);
        refuse(all, guided, Spec.float32(1, 2, 5, 7), PICTURE);
        refuse(all, guided, Spec.float32(1, 3, 5, 6), PICTURE);
        refuse(all, guided, DOUBLE_PICTURE, PICTURE);
        refuse(all, guided, LONGS, LONGS);
        refuse(all, new Filtering.GuidedFilter(1, Filtering.Border.TRUNCATED, 0), PICTURE, PICTURE);
        refuse(all, new Filtering.GuidedFilter(1, Filtering.Border.TRUNCATED, Double.NaN), PICTURE, PICTURE);
        refuse(all, new Filtering.GuidedFilter(5, Filtering.Border.REFLECT, 0.1), PICTURE, PICTURE);
    }

    private static void normalization(List<OperationRefusal> all) {
        for (Operation softmax : List.of(new Normalization.Softmax(1), new Normalization.LogSoftmax(1))) {
            refuse(all, softmax);
            refuse(all, softmax, VECTOR);
            refuse(all, softmax, LONGS);
        }
        refuse(all, new Normalization.Softmax(-1), PICTURE);
        for (Operation gradient :
                List.of(new Normalization.SoftmaxGradient(1), new Normalization.LogSoftmaxGradient(1))) {
            refuse(all, gradient, PICTURE);
            refuse(all, gradient, PICTURE, DOUBLE_PICTURE);
            refuse(all, gradient, VECTOR, VECTOR);
        }
        Spec channels = Spec.float32(3);
        for (Operation norm :
                List.of(new Normalization.GroupNorm(3, 1e-5), new Normalization.LayerNorm(List.of(1), 1e-5))) {
            refuse(all, norm);
            refuse(all, norm, LONGS);
            refuse(all, norm, VECTOR);
            refuse(all, norm, PICTURE, channels);
            refuse(all, norm, PICTURE, VECTOR, VECTOR);
            refuse(all, norm, PICTURE, channels, Spec.float32(1, 3));
            refuse(all, norm, PICTURE, as(channels, ElementType.FLOAT64), as(channels, ElementType.FLOAT64));
        }
        refuse(all, new Normalization.GroupNorm(2, 1e-5), PICTURE);
        refuse(all, new Normalization.GroupNorm(0, 1e-5), PICTURE);
        refuse(all, new Normalization.GroupNorm(3, -1), PICTURE);
        refuse(all, new Normalization.GroupNorm(3, Double.NaN), PICTURE);
        refuse(all, new Normalization.GroupNorm(3, 1e-5), EMPTY);
        refuse(all, new Normalization.LayerNorm(List.of(), 1e-5), PICTURE);
        refuse(all, new Normalization.LayerNorm(List.of(1, 3), 1e-5), PICTURE);
        refuse(all, new Normalization.LayerNorm(List.of(4), 1e-5), PICTURE);
        refuse(all, new Normalization.LayerNorm(List.of(2), 1e-5), EMPTY);
        for (Operation gradient : List.of(
                new Normalization.GroupNormGradient(3, 1e-5), new Normalization.LayerNormGradient(List.of(1), 1e-5))) {
            refuse(all, gradient, PICTURE);
            refuse(all, gradient, PICTURE, DOUBLE_PICTURE);
            refuse(all, gradient, PICTURE, PICTURE, VECTOR);
            refuse(all, gradient, VECTOR, VECTOR);
        }
        Operation affine = new Normalization.ChannelAffine();
        Spec each = Spec.float32(1, 3, 1, 1);
        refuse(all, affine, PICTURE, each);
        refuse(all, affine, VECTOR, each, each);
        refuse(all, affine, PICTURE, channels, each);
        refuse(all, affine, PICTURE, each, as(each, ElementType.FLOAT64));
        refuse(all, affine, PICTURE, each, each, Spec.float32(2, 3, 1, 1));
        Operation ofAffine = new Normalization.ChannelAffineGradient();
        Spec eachDouble = as(each, ElementType.FLOAT64);
        refuse(all, ofAffine, DOUBLE_PICTURE, DOUBLE_PICTURE);
        refuse(all, ofAffine, PICTURE, PICTURE, each);
        refuse(all, ofAffine, DOUBLE_PICTURE, eachDouble, eachDouble);
        refuse(all, ofAffine, DOUBLE_PICTURE, DOUBLE_PICTURE, as(channels, ElementType.FLOAT64));
        refuse(all, ofAffine, DOUBLE_PICTURE, DOUBLE_PICTURE, eachDouble, each);

        Spec q = Spec.float32(2, 5, 4);
        Spec k = Spec.float32(2, 6, 4);
        Operation attention = new Attention.ScaledDotProduct(0.5, false);
        refuse(all, attention, q, k);
        refuse(all, attention, q, k, q);
        refuse(all, attention, q, Spec.float32(2, 6, 3), k);
        refuse(all, attention, q, Spec.float32(6, 4), Spec.float32(6, 4));
        refuse(all, attention, q, Spec.float32(2, 0, 4), Spec.float32(2, 0, 4));
        refuse(all, attention, q, k, as(k, ElementType.FLOAT64));
        refuse(all, attention, q, k, k, Spec.float32(5, 5));
        refuse(all, attention, q, k, k, Spec.float32(3, 1, 5, 6));
        refuse(all, attention, LONGS, LONGS, LONGS);
        Operation ofAttention = new Attention.ScaledDotProductGradient(0.5, false, false);
        refuse(all, ofAttention, q, k, k);
        refuse(all, ofAttention, q, k, k, k);
        refuse(all, ofAttention, q, k, k, as(q, ElementType.FLOAT64));
        refuse(all, new Attention.ScaledDotProductGradient(0.5, false, true), q, k, k, q);
    }

    private static void refuse(List<OperationRefusal> all, Operation operation, Spec... operands) {
        all.add(new OperationRefusal(operation, List.of(operands)));
    }

    private static Spec as(Spec spec, ElementType type) {
        return new Spec(spec.shape(), type);
    }

    @Override
    public String toString() {
        return operation.name() + ": " + operation + " of " + operands;
    }
}
