package org.impasto.testing;

import java.util.List;
import org.impasto.core.Operation;
import org.impasto.core.Pooling;
import org.impasto.core.Selection;

/** Max and average pooling and their gradients. */
final class ReferencePooling {
    private ReferencePooling() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Pooling.MaxPool2d.class, (o, in, out) -> maxPool(o.window(), in.get(0), out.get(0)));
        registry.put(Pooling.MaxPool2dGradient.class, ReferencePooling::maxPoolGradient);
        registry.put(Pooling.MaxPool2dWithIndices.class, ReferencePooling::maxPoolWithIndices);
        registry.put(Pooling.AdaptiveMaxPool2d.class, ReferencePooling::adaptiveMaxPool);
        registry.put(Pooling.MaxUnpool2d.class, (o, in, out) -> {
            double[] y = out.get(0).doubles;
            places(o, in.get(1), out.get(0), (value, cell) -> y[cell] += in.get(0).doubles[value]);
        });
        registry.put(Pooling.PickFromPlane.class, (o, in, out) -> {
            double[] y = out.get(0).doubles;
            places(o, in.get(1), in.get(0), (value, cell) -> y[value] = in.get(0).doubles[cell]);
        });
        registry.put(Pooling.AvgPool2d.class, (o, in, out) -> {
            double[] x = in.get(0).doubles;
            double[] y = out.get(0).doubles;
            average(o.window(), o.countPadding(), in.get(0), out.get(0), (cell, result, divisor) -> {
                y[result] += x[cell] / divisor;
            });
        });
        registry.put(Pooling.AvgPool2dGradient.class, (o, in, out) -> {
            double[] gradient = in.get(0).doubles;
            double[] picture = out.get(0).doubles;
            average(o.window(), o.countPadding(), out.get(0), in.get(0), (cell, result, divisor) -> {
                picture[cell] += gradient[result] / divisor;
            });
        });
    }

    private static void maxPoolWithIndices(Pooling.MaxPool2dWithIndices operation, List<Values> in, List<Values> out) {
        Values x = in.get(0);
        maxPool(operation.window(), x, out.get(0));
        for (int result = 0; result < out.get(1).elements(); result++) {
            int largest = largest(operation.window(), x, out.get(0), result);
            out.get(1).longs[result] = largest < 0 ? -1 : largest % (x.size(2) * x.size(3));
        }
    }

    private static void adaptiveMaxPool(Pooling.AdaptiveMaxPool2d operation, List<Values> in, List<Values> out) {
        Values x = in.get(0);
        Values y = out.get(0);
        int height = x.size(2);
        int width = x.size(3);
        int pixels = height * width;
        int pooled = y.size(2) * y.size(3);
        for (int result = 0; result < y.elements(); result++) {
            double row = result / y.size(3) % y.size(2);
            double column = result % y.size(3);
            int start = result / pooled * pixels;
            int largest = -1;
            for (int cell = 0; cell < pixels; cell++) {
                boolean inside =
                        within(cell / width, row, height, y.size(2)) && within(cell % width, column, width, y.size(3));
                if (inside && (largest < 0 || wins(x.doubles[start + cell], x.doubles[start + largest]))) {
                    largest = cell;
                }
            }
            y.doubles[result] = x.doubles[start + largest];
            out.get(1).longs[result] = largest;
        }
    }

    private static boolean within(int cell, double window, int size, int windows) {
        return cell >= Math.floor(window * size / windows) && cell < Math.ceil((window + 1) * size / windows);
    }

    private interface Place {
        void visit(int value, int cell);
    }

    /** The values and the cells that belong together by flat indices. */
    private static void places(Operation operation, Values indices, Values picture, Place place) {
        int pixels = picture.size(2) * picture.size(3);
        int pooled = indices.size(2) * indices.size(3);
        for (int i = 0; i < indices.elements(); i++) {
            if (indices.longs[i] != -1) {
                place.visit(i, i / pooled * pixels + Selection.place(operation, indices.longs[i], pixels));
            }
        }
    }

    static void maxPool(Pooling.Window window, Values x, Values y) {
        for (int result = 0; result < y.elements(); result++) {
            int largest = largest(window, x, y, result);
            y.doubles[result] = largest < 0 ? Double.NEGATIVE_INFINITY : x.doubles[largest];
        }
    }

    private static void maxPoolGradient(Pooling.MaxPool2dGradient operation, List<Values> in, List<Values> out) {
        Values gradient = in.get(1);
        for (int result = 0; result < gradient.elements(); result++) {
            int largest = largest(operation.window(), in.get(0), gradient, result);
            if (largest >= 0) {
                out.get(0).doubles[largest] += gradient.doubles[result];
            }
        }
    }

    /** The first largest cell of a window, or its first NaN; -1 if no cell of it is inside the picture. */
    private static int largest(Pooling.Window window, Values x, Values y, int result) {
        int height = x.size(2);
        int width = x.size(3);
        int column = result % y.size(3);
        int row = result / y.size(3) % y.size(2);
        int plane = result / y.size(3) / y.size(2);
        int largest = -1;
        for (int i = 0; i < window.kernel(); i++) {
            int h = row * window.stride() - window.padding() + i * window.dilation();
            for (int j = 0; j < window.kernel(); j++) {
                int w = column * window.stride() - window.padding() + j * window.dilation();
                if (h >= 0 && h < height && w >= 0 && w < width) {
                    int cell = (plane * height + h) * width + w;
                    if (largest < 0 || wins(x.doubles[cell], x.doubles[largest])) {
                        largest = cell;
                    }
                }
            }
        }
        return largest;
    }

    private static boolean wins(double challenger, double holder) {
        return challenger > holder || (Double.isNaN(challenger) && !Double.isNaN(holder));
    }

    private interface Share {
        void visit(int cell, int result, double divisor);
    }

    private static void average(
            Pooling.Window window, boolean countPadding, Values picture, Values result, Share share) {
        int height = picture.size(2);
        int width = picture.size(3);
        int padding = window.padding();
        int kernel = window.kernel();
        for (int plane = 0; plane < picture.size(0) * picture.size(1); plane++) {
            for (int row = 0; row < result.size(2); row++) {
                int top = row * window.stride() - padding;
                for (int column = 0; column < result.size(3); column++) {
                    int left = column * window.stride() - padding;
                    double divisor = countPadding
                            ? overlap(top, kernel, -padding, height + padding)
                                    * overlap(left, kernel, -padding, width + padding)
                            : overlap(top, kernel, 0, height) * overlap(left, kernel, 0, width);
                    for (int h = Math.max(top, 0); h < Math.min(top + kernel, height); h++) {
                        for (int w = Math.max(left, 0); w < Math.min(left + kernel, width); w++) {
                            int cell = (plane * height + h) * width + w;
                            share.visit(cell, (plane * result.size(2) + row) * result.size(3) + column, divisor);
                        }
                    }
                }
            }
        }
    }

    private static double overlap(int start, int length, int low, int high) {
        return Math.min(start + length, high) - Math.max(start, low);
    }
}
