package org.impasto.testing;

import static org.impasto.testing.Operand.index;
import static org.impasto.testing.Operand.normal;

import java.util.ArrayList;
import java.util.List;
import org.impasto.core.Convolution;
import org.impasto.core.Convolution.Activation;
import org.impasto.core.Convolution.FusedPooling;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.ElementType;
import org.impasto.core.Operation;
import org.impasto.core.Padding;
import org.impasto.core.PaddingMode;
import org.impasto.core.Pooling;
import org.impasto.core.Pooling.Window;
import org.impasto.core.Resampling;
import org.impasto.core.Resampling.Filter;
import org.impasto.core.Shape;

/** Rows of operations on pictures: convolutions, pooling, padding, resizing. */
final class PictureCases {
    private final List<OperationCase> cases = new ArrayList<>();

    private PictureCases() {}

    static List<OperationCase> all() {
        PictureCases made = new PictureCases();
        made.convolutions();
        made.transposedConvolutions();
        made.fused();
        made.pooling();
        made.indices();
        made.padding();
        made.resizing();
        return made.cases;
    }

    private void convolutions() {
        Geometry plain = Geometry.plain();
        convolution("1x1", plain, Shape.of(1, 5, 7, 9), Shape.of(7, 5, 1, 1));
        convolution("one pixel", plain, Shape.of(1, 1, 1, 1), Shape.of(1, 1, 1, 1));
        convolution("1x1 of one pixel, many channels", plain, Shape.of(2, 33, 1, 1), Shape.of(17, 33, 1, 1));
        convolution("batch of none", plain, Shape.of(0, 3, 5, 5), Shape.of(4, 3, 3, 3));
        for (PaddingMode mode : PaddingMode.values()) {
            Geometry same = plain.padded(Edges.all(1), mode);
            convolution("3x3 " + mode, same, Shape.of(1, 17, 9, 13), Shape.of(15, 17, 3, 3));
            convolution("3x3 from 3 channels " + mode, same, Shape.of(2, 3, 8, 17), Shape.of(16, 3, 3, 3));
            convolution("3x3 of 2x2 " + mode, same, Shape.of(1, 16, 2, 2), Shape.of(16, 16, 3, 3));
            convolution("3x3 stride 2 " + mode, same.strided(2, 2), Shape.of(1, 5, 9, 12), Shape.of(6, 5, 3, 3));
            convolution(
                    "asymmetric padding " + mode,
                    plain.padded(new Edges(2, 0, 1, 3), mode),
                    Shape.of(1, 3, 6, 7),
                    Shape.of(4, 3, 3, 3));
            convolution(
                    "5x5 grouped " + mode,
                    plain.padded(Edges.all(2), mode).grouped(2),
                    Shape.of(1, 6, 6, 7),
                    Shape.of(4, 3, 5, 5));
        }
        Geometry same = plain.padded(Edges.all(1), PaddingMode.ZERO);
        convolution("3x3 without padding", plain, Shape.of(1, 16, 6, 19), Shape.of(33, 16, 3, 3));
        convolution("3x3 of one pixel", same, Shape.of(1, 4, 1, 1), Shape.of(3, 4, 3, 3));
        convolution("3x3 of one row", same, Shape.of(1, 4, 1, 33), Shape.of(17, 4, 3, 3));
        convolution("3x3 of many channels", same, Shape.of(1, 65, 5, 5), Shape.of(33, 65, 3, 3));
        convolution("depthwise", same.grouped(17), Shape.of(1, 17, 5, 7), Shape.of(17, 1, 3, 3));
        convolution("strides differ", same.strided(2, 1), Shape.of(1, 3, 7, 8), Shape.of(4, 3, 3, 3));
        convolution("dilated", same.dilated(2, 3), Shape.of(1, 3, 9, 12), Shape.of(4, 3, 3, 3));
        convolution(
                "kernel 1x7",
                plain.padded(new Edges(3, 3, 0, 0), PaddingMode.ZERO),
                Shape.of(1, 3, 4, 9),
                Shape.of(5, 3, 1, 7));
        convolution("kernel 2x4 stride 3", plain.strided(3, 3), Shape.of(2, 3, 8, 11), Shape.of(5, 3, 2, 4));
        convolution(
                "padding that cuts",
                plain.padded(new Edges(-1, -2, 0, -1), PaddingMode.ZERO),
                Shape.of(1, 3, 7, 8),
                Shape.of(4, 3, 3, 3));
        convolution(
                "9x9", plain.padded(Edges.all(4), PaddingMode.REFLECT), Shape.of(1, 3, 9, 11), Shape.of(4, 3, 9, 9));
    }

    private void convolution(String name, Geometry geometry, Shape picture, Shape weight) {
        Operand x = normal(picture.toArray());
        Operand w = normal(weight.toArray());
        Shape result = Shape.of(
                picture.size(0),
                weight.size(0),
                geometry.outputHeight(picture.size(2), weight.size(2)),
                geometry.outputWidth(picture.size(3), weight.size(3)));
        Operand gradient = normal(result.toArray());
        long taps = weight.size(1) * weight.size(2) * weight.size(3);
        Convolution.Conv2d operation = new Convolution.Conv2d(geometry, Activation.NONE, FusedPooling.NONE);
        cases.add(OperationCase.of(name, operation, Tolerance.ofSum(taps), x, w, normal(weight.size(0))));
        cases.add(OperationCase.of(name + " without bias", operation, Tolerance.ofSum(taps), x, w));
        long sharing = weight.size(0) / geometry.groups() * weight.size(2) * weight.size(3);
        cases.add(OperationCase.of(
                name, new Convolution.DataGradient(geometry, picture), Tolerance.ofSum(4 * sharing), gradient, w));
        long places = result.size(0) * result.size(2) * result.size(3);
        cases.add(OperationCase.of(
                name, new Convolution.WeightGradient(geometry, weight), Tolerance.ofSum(places), x, gradient));
    }

    private void transposedConvolutions() {
        Geometry plain = Geometry.plain();
        Geometry one = plain.padded(Edges.all(1), PaddingMode.ZERO);
        transposed("1x1", plain, Shape.of(1, 5, 4, 3), Shape.of(5, 7, 1, 1));
        transposed("batch of none", one, Shape.of(0, 5, 4, 3), Shape.of(5, 4, 3, 3));
        transposed("of one pixel", plain.strided(2, 2), Shape.of(1, 3, 1, 1), Shape.of(3, 4, 3, 3));
        transposed("stride 1", one, Shape.of(2, 17, 5, 9), Shape.of(17, 15, 3, 3));
        for (int stride = 2; stride <= 3; stride++) {
            Geometry strided = one.strided(stride, stride);
            String name = "stride " + stride;
            transposed("3x3 " + name, strided, Shape.of(2, 17, 5, 9), Shape.of(17, 33, 3, 3));
            transposed(
                    "3x3 with output padding, " + name,
                    strided.outputPadded(1, 1),
                    Shape.of(1, 16, 4, 5),
                    Shape.of(16, 16, 3, 3));
            transposed(
                    "4x4 " + name,
                    strided.padded(Edges.none(), PaddingMode.ZERO),
                    Shape.of(1, 5, 4, 3),
                    Shape.of(5, 3, 4, 4));
            transposed("9x9 " + name, strided, Shape.of(1, 3, 4, 3), Shape.of(3, 3, 9, 9));
            transposed(
                    "kernel below stride, " + name,
                    plain.strided(stride, 4),
                    Shape.of(1, 5, 4, 3),
                    Shape.of(5, 4, 2, 3));
            transposed(
                    "kernel below stride, output padding, " + name,
                    plain.strided(stride, 4).outputPadded(1, 2),
                    Shape.of(1, 5, 4, 3),
                    Shape.of(5, 4, 1, 1));
            transposed("grouped " + name, strided.grouped(2), Shape.of(1, 6, 4, 5), Shape.of(6, 2, 3, 3));
            transposed("grouped by blocks " + name, strided.grouped(2), Shape.of(1, 32, 3, 4), Shape.of(32, 16, 3, 3));
            transposed("depthwise " + name, strided.grouped(5), Shape.of(2, 5, 4, 5), Shape.of(5, 1, 3, 3));
            transposed("dilated " + name, strided.dilated(2, 3), Shape.of(1, 4, 4, 5), Shape.of(4, 3, 3, 3));
        }
        transposed("strides differ", one.strided(1, 2), Shape.of(1, 4, 4, 5), Shape.of(4, 3, 3, 3));
        transposed(
                "different edges",
                plain.strided(2, 2).padded(new Edges(2, 0, 1, -1), PaddingMode.ZERO),
                Shape.of(1, 4, 4, 5),
                Shape.of(4, 3, 4, 3));
        transposed(
                "cuts more than a kernel",
                plain.strided(2, 2).padded(new Edges(4, 0, 3, -2), PaddingMode.ZERO),
                Shape.of(1, 4, 5, 6),
                Shape.of(4, 3, 3, 3));
    }

    private void transposed(String name, Geometry geometry, Shape picture, Shape weight) {
        Operand x = normal(picture.toArray());
        Operand w = normal(weight.toArray());
        Convolution.ConvTranspose2d operation = new Convolution.ConvTranspose2d(geometry);
        long products = weight.size(0) / geometry.groups() * weight.size(2) * weight.size(3);
        Operand bias = normal(weight.size(1) * geometry.groups());
        cases.add(OperationCase.of(name, operation, Tolerance.ofSum(products), x, w, bias));
        cases.add(OperationCase.of(name + " without bias", operation, Tolerance.ofSum(products), x, w));
    }

    private void fused() {
        Geometry same = Geometry.plain().padded(Edges.all(1), PaddingMode.REFLECT);
        for (Activation activation : Activation.values()) {
            for (FusedPooling pooling : FusedPooling.values()) {
                if (activation == Activation.NONE && pooling == FusedPooling.NONE) {
                    continue;
                }
                String name = "then " + activation + " and pooling " + pooling;
                Convolution.Conv2d operation = new Convolution.Conv2d(same, activation, pooling);
                cases.add(OperationCase.of(
                        "3x3 " + name,
                        operation,
                        Tolerance.ofSum(153),
                        normal(2, 17, 9, 7),
                        normal(16, 17, 3, 3),
                        normal(16)));
                cases.add(OperationCase.of(
                        "3x3 even " + name,
                        operation,
                        Tolerance.ofSum(27),
                        normal(1, 3, 8, 18),
                        normal(33, 3, 3, 3),
                        normal(33)));
                cases.add(OperationCase.of(
                        "1x1 without bias " + name,
                        new Convolution.Conv2d(Geometry.plain(), activation, pooling),
                        Tolerance.ofSum(5),
                        normal(1, 5, 5, 6),
                        normal(4, 5, 1, 1)));
            }
        }
    }

    private void pooling() {
        List<Window> windows = List.of(
                Window.of(2),
                new Window(2, 2, 0, 1, true),
                new Window(3, 2, 1, 1, false),
                new Window(3, 2, 1, 1, true),
                new Window(3, 1, 1, 1, false),
                new Window(5, 3, 2, 1, false),
                Window.of(1));
        for (Window window : windows) {
            for (Shape picture : List.of(Shape.of(2, 17, 9, 11), Shape.of(1, 16, 6, 8), Shape.of(1, 3, 5, 5))) {
                String name = window + " of " + picture;
                Shape result =
                        picture.with(2, window.windows(picture.size(2))).with(3, window.windows(picture.size(3)));
                maxPool(name, window, picture, result);
                for (boolean count : new boolean[] {false, true}) {
                    String counted = name + (count ? " counting padding" : "");
                    long cells = (long) window.kernel() * window.kernel();
                    add(OperationCase.of(
                            counted,
                            new Pooling.AvgPool2d(window, count),
                            Tolerance.ofSum(cells),
                            normal(picture.toArray())));
                    add(OperationCase.of(
                            counted,
                            new Pooling.AvgPool2dGradient(window, count, picture),
                            Tolerance.ofSum(cells),
                            normal(result.toArray())));
                }
            }
        }
        maxPool("dilated", new Window(2, 2, 0, 2, false), Shape.of(1, 4, 9, 11), Shape.of(1, 4, 4, 5));
        maxPool("of one pixel", new Window(2, 2, 0, 1, true), Shape.of(1, 4, 2, 2), Shape.of(1, 4, 1, 1));
        maxPool("batch of none", Window.of(2), Shape.of(0, 4, 4, 4), Shape.of(0, 4, 2, 2));
    }

    private void maxPool(String name, Window window, Shape picture, Shape result) {
        Operand x = normal(picture.toArray());
        add(OperationCase.of(name, new Pooling.MaxPool2d(window), Tolerance.exact(), x));
        // Where windows overlap, gradients are added, in an order of the backend's own.
        add(OperationCase.of(
                name, new Pooling.MaxPool2dGradient(window), Tolerance.ofSum(9), x, normal(result.toArray())));
    }

    private void indices() {
        for (Shape picture :
                List.of(Shape.of(2, 17, 9, 11), Shape.of(1, 3, 5, 5), Shape.of(1, 16, 1, 1), Shape.of(0, 4, 4, 4))) {
            for (Window window : List.of(
                    new Window(2, 2, 0, 1, true), new Window(3, 2, 1, 1, false), new Window(3, 1, 1, 2, true))) {
                if (window.windows(picture.size(2)) > 0) {
                    add(
                            window + " of " + picture,
                            new Pooling.MaxPool2dWithIndices(window),
                            0,
                            normal(picture.toArray()));
                }
            }
            for (long[] size : new long[][] {{1, 1}, {3, 4}, {7, 5}}) {
                String name = picture + " to " + size[0] + "x" + size[1];
                add(name, new Pooling.AdaptiveMaxPool2d(size[0], size[1]), 0, normal(picture.toArray()));
            }
            // Indices repeat, so values are added up, in an order of the backend's own.
            long[] indices = picture.toArray();
            add(
                    "of " + picture,
                    new Pooling.MaxUnpool2d(3, 4),
                    picture.size(2) * picture.size(3),
                    normal(indices),
                    index(indices));
            Operand planes = normal(picture.size(0), picture.size(1), 2, 3);
            add("of " + picture, new Pooling.PickFromPlane(), 0, planes, index(indices));
        }
    }

    /** A row in both precisions; sums of so many terms, equal bits for 0. */
    private void add(String name, Operation operation, long terms, Operand... operands) {
        Tolerance tolerance = terms == 0 ? Tolerance.exact() : Tolerance.ofSum(terms);
        add(OperationCase.of(name, operation, tolerance, operands));
    }

    private void add(OperationCase row) {
        cases.add(row);
        cases.add(row.as(ElementType.FLOAT64));
    }

    private void padding() {
        Shape picture = Shape.of(2, 17, 5, 7);
        for (PaddingMode mode : PaddingMode.values()) {
            for (Edges edges : List.of(
                    Edges.all(1),
                    new Edges(3, 4, 2, 1),
                    new Edges(0, 2, 0, 0),
                    Edges.none(),
                    new Edges(-1, 0, -2, -1))) {
                pad(edges, mode, 0, picture);
            }
        }
        pad(new Edges(2, 1, 0, 3), PaddingMode.ZERO, 1.5, picture);
        pad(new Edges(-1, 2, 3, -2), PaddingMode.ZERO, 0, picture);
        for (PaddingMode mode : List.of(PaddingMode.ZERO, PaddingMode.REPLICATE, PaddingMode.CIRCULAR)) {
            pad(new Edges(-4, 3, 2, -1), mode, 0, Shape.of(2, 17, 5, 3)); // no column of the picture is left
            pad(new Edges(3, -4, -7, 5), mode, 0, Shape.of(2, 17, 5, 3));
        }
        pad(Edges.all(9), PaddingMode.REPLICATE, 0, Shape.of(1, 3, 1, 1));
        pad(Edges.all(1), PaddingMode.CIRCULAR, 0, Shape.of(1, 3, 1, 1));
        pad(Edges.all(1), PaddingMode.SYMMETRIC, 0, Shape.of(1, 3, 1, 1));
        pad(new Edges(1, 1, 2, 0), PaddingMode.ZERO, 0, Shape.of(1, 16, 0, 3));
    }

    private void pad(Edges edges, PaddingMode mode, double value, Shape picture) {
        String name = mode + " " + edges + " of " + picture + (value == 0 ? "" : " with " + value);
        Operand padded = normal(
                picture.size(0),
                picture.size(1),
                picture.size(2) + edges.top() + edges.bottom(),
                picture.size(3) + edges.left() + edges.right());
        add(OperationCase.of(name, new Padding.Pad(edges, mode, value), Tolerance.exact(), normal(picture.toArray())));
        add(OperationCase.of(name, new Padding.PadGradient(edges, mode, picture), Tolerance.ofSum(81), padded));
    }

    private void resizing() {
        Shape picture = Shape.of(2, 17, 5, 7);
        long[][] sizes = {{10, 14}, {9, 16}, {3, 4}, {1, 1}, {5, 7}, {2, 21}};
        for (long[] size : sizes) {
            for (Filter filter : Filter.values()) {
                resize(picture, new Resampling.Resize(size[0], size[1], filter, false, false));
                if (filter == Filter.BILINEAR || filter == Filter.BICUBIC) {
                    resize(picture, new Resampling.Resize(size[0], size[1], filter, true, false));
                    resize(picture, new Resampling.Resize(size[0], size[1], filter, false, true));
                }
            }
        }
        resize(Shape.of(1, 3, 1, 1), new Resampling.Resize(3, 4, Filter.BICUBIC, false, false));
        resize(Shape.of(1, 3, 1, 1), new Resampling.Resize(3, 4, Filter.BILINEAR, true, false));
    }

    private void resize(Shape picture, Resampling.Resize resize) {
        String name = picture + " to " + resize.height() + "x" + resize.width() + " " + resize.filter()
                + (resize.alignCorners() ? " aligned" : "") + (resize.antialias() ? " antialiased" : "");
        boolean copies = resize.filter() == Filter.NEAREST;
        add(OperationCase.of(
                name, resize, copies ? Tolerance.exact() : Tolerance.ofTensor(16), normal(picture.toArray())));
        Shape result = picture.with(2, resize.height()).with(3, resize.width());
        add(OperationCase.of(
                name,
                new Resampling.ResizeGradient(resize, picture),
                Tolerance.ofTensor(32),
                normal(result.toArray())));
    }
}
