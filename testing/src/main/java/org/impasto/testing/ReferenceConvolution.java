package org.impasto.testing;

import java.util.List;
import org.impasto.core.Convolution;
import org.impasto.core.Pooling;
import org.impasto.core.Shape;
import org.impasto.core.Spec;

/** Convolution and its gradients: one walk over all products, of which each sums a different factor. */
final class ReferenceConvolution {
    private ReferenceConvolution() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Convolution.Conv2d.class, ReferenceConvolution::convolve);
        registry.put(Convolution.ConvTranspose2d.class, (o, in, out) -> {
            double[] picture = in.get(0).doubles;
            double[] weight = in.get(1).doubles;
            double[] result = out.get(0).doubles;
            if (in.size() == 3) {
                int pixels = out.get(0).size(2) * out.get(0).size(3);
                for (int i = 0; i < result.length; i++) {
                    result[i] = in.get(2).doubles[i / pixels % out.get(0).size(1)];
                }
            }
            visit(o.geometry(), out.get(0).shape(), in.get(1).shape(), in.get(0).shape(), (y, w, x) -> {
                result[y] += picture[x] * weight[w];
            });
        });
        registry.put(Convolution.DataGradient.class, (o, in, out) -> {
            double[] gradient = in.get(0).doubles;
            double[] weight = in.get(1).doubles;
            double[] picture = out.get(0).doubles;
            visit(o.geometry(), out.get(0).shape(), in.get(1).shape(), in.get(0).shape(), (x, w, y) -> {
                picture[x] += gradient[y] * weight[w];
            });
        });
        registry.put(Convolution.WeightGradient.class, (o, in, out) -> {
            double[] picture = in.get(0).doubles;
            double[] gradient = in.get(1).doubles;
            double[] weight = out.get(0).doubles;
            visit(o.geometry(), in.get(0).shape(), out.get(0).shape(), in.get(1).shape(), (x, w, y) -> {
                weight[w] += picture[x] * gradient[y];
            });
        });
    }

    private static void convolve(Convolution.Conv2d operation, List<Values> in, List<Values> out) {
        Convolution.Geometry geometry = operation.geometry();
        Values x = in.get(0);
        Values weight = in.get(1);
        Shape shape = Shape.of(
                x.size(0),
                weight.size(0),
                geometry.outputHeight(x.size(2), weight.size(2)),
                geometry.outputWidth(x.size(3), weight.size(3)));
        Values sums = new Values(new Spec(shape, x.spec().type()));
        visit(geometry, x.shape(), weight.shape(), shape, (from, tap, to) -> {
            sums.doubles[to] += x.doubles[from] * weight.doubles[tap];
        });
        int pixels = shape.intSize(2) * shape.intSize(3);
        for (int i = 0; i < sums.elements(); i++) {
            double y = sums.doubles[i] + (in.size() == 3 ? in.get(2).doubles[i / pixels % shape.intSize(1)] : 0);
            sums.doubles[i] = operation.activation() == Convolution.Activation.RELU ? Math.max(y, 0) : y;
        }
        if (operation.pooling() == Convolution.FusedPooling.NONE) {
            System.arraycopy(sums.doubles, 0, out.get(0).doubles, 0, sums.elements());
        } else {
            boolean ceil = operation.pooling() == Convolution.FusedPooling.CEIL;
            ReferencePooling.maxPool(new Pooling.Window(2, 2, 0, 1, ceil), sums, out.get(0));
        }
    }

    private interface Product {
        /** Indices of the picture's cell, the weight's tap and the result's cell that one product joins. */
        void visit(int picture, int weight, int result);
    }

    private static void visit(
            Convolution.Geometry geometry, Shape picture, Shape weight, Shape result, Product product) {
        int height = picture.intSize(2);
        int width = picture.intSize(3);
        int groupIn = weight.intSize(1);
        int groupOut = weight.intSize(0) / geometry.groups();
        int to = 0;
        for (int n = 0; n < result.intSize(0); n++) {
            for (int o = 0; o < result.intSize(1); o++) {
                for (int row = 0; row < result.intSize(2); row++) {
                    for (int column = 0; column < result.intSize(3); column++, to++) {
                        int tap = o * groupIn * weight.intSize(2) * weight.intSize(3);
                        for (int c = 0; c < groupIn; c++) {
                            int plane = n * picture.intSize(1) + o / groupOut * groupIn + c;
                            for (int i = 0; i < weight.intSize(2); i++) {
                                int h = source(
                                        geometry,
                                        row * geometry.strideHeight()
                                                - geometry.padding().top()
                                                + i * geometry.dilationHeight(),
                                        height);
                                for (int j = 0; j < weight.intSize(3); j++, tap++) {
                                    int w = source(
                                            geometry,
                                            column * geometry.strideWidth()
                                                    - geometry.padding().left()
                                                    + j * geometry.dilationWidth(),
                                            width);
                                    if (h >= 0 && w >= 0) {
                                        product.visit((plane * height + h) * width + w, tap, to);
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static int source(Convolution.Geometry geometry, int index, int size) {
        return geometry.mode().source(index, size);
    }
}
