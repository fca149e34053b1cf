package org.impasto.testing;

import java.util.Arrays;
import java.util.List;
import org.impasto.core.Normalization;
import org.impasto.core.Shape;
import org.jspecify.annotations.Nullable;

/** Softmax and normalisations, straight from their formulas. */
final class ReferenceNormalization {
    private ReferenceNormalization() {}

    static void register(ReferenceBackend.Registry registry) {
        registry.put(Normalization.Softmax.class, (o, in, out) -> softmax(o.axis(), false, in, out));
        registry.put(Normalization.LogSoftmax.class, (o, in, out) -> softmax(o.axis(), true, in, out));
        registry.put(Normalization.SoftmaxGradient.class, (o, in, out) -> softmaxGradient(o.axis(), false, in, out));
        registry.put(Normalization.LogSoftmaxGradient.class, (o, in, out) -> softmaxGradient(o.axis(), true, in, out));
        registry.put(Normalization.GroupNorm.class, (o, in, out) -> {
            Values x = in.get(0);
            normalise(o.epsilon(), ofGroups(x, o.groups(), in.size() == 3 ? in.get(1) : null), in, out);
        });
        registry.put(Normalization.GroupNormGradient.class, (o, in, out) -> {
            Values x = in.get(0);
            gradient(o.epsilon(), ofGroups(x, o.groups(), in.size() == 3 ? in.get(2) : null), in, out);
        });
        registry.put(
                Normalization.LayerNorm.class,
                (o, in, out) -> normalise(o.epsilon(), ofLayers(in.get(0), o.axes()), in, out));
        registry.put(
                Normalization.LayerNormGradient.class,
                (o, in, out) -> gradient(o.epsilon(), ofLayers(in.get(0), o.axes()), in, out));
        registry.put(Normalization.ChannelAffine.class, (o, in, out) -> channelAffine(in, out));
        registry.put(Normalization.ChannelAffineGradient.class, (o, in, out) -> channelAffineGradient(in, out));
    }

    /** Which numbers are normalised together, and which weight belongs to one. */
    private interface Members {
        int set(int element);

        int sets();

        int weight(int element);
    }

    /** Position of an element along an axis. */
    private static int position(Shape shape, int element, int axis) {
        return element / Values.strides(shape)[axis] % shape.intSize(axis);
    }

    private static int without(Shape shape, int element, List<Integer> axes) {
        int index = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (!axes.contains(axis)) {
                index = index * shape.intSize(axis) + position(shape, element, axis);
            }
        }
        return index;
    }

    private static Members ofLayers(Values x, List<Integer> axes) {
        Shape shape = x.shape();
        long sets = 1;
        for (int axis = 0; axis < shape.rank(); axis++) {
            sets *= axes.contains(axis) ? 1 : shape.size(axis);
        }
        int count = (int) sets;
        return new Members() {
            @Override
            public int set(int element) {
                return without(shape, element, axes);
            }

            @Override
            public int sets() {
                return count;
            }

            @Override
            public int weight(int element) {
                int index = 0;
                for (int axis : axes) {
                    index = index * shape.intSize(axis) + position(shape, element, axis);
                }
                return index;
            }
        };
    }

    private static Members ofGroups(Values x, long groups, @Nullable Values weight) {
        Shape shape = x.shape();
        int perGroup = (int) (shape.size(1) / groups);
        boolean perImage = weight != null && weight.shape().rank() == 2;
        return new Members() {
            @Override
            public int set(int element) {
                return (int) (position(shape, element, 0) * groups) + position(shape, element, 1) / perGroup;
            }

            @Override
            public int sets() {
                return (int) (shape.size(0) * groups);
            }

            @Override
            public int weight(int element) {
                int image = perImage ? position(shape, element, 0) : 0;
                return image * shape.intSize(1) + position(shape, element, 1);
            }
        };
    }

    /** Each number less the mean of its set, over the root of the variance, and those roots. */
    private record Normal(double[] values, double[] roots, int[] counts) {
        static Normal of(Values x, Members members, double epsilon) {
            double[] means = new double[members.sets()];
            double[] variances = new double[members.sets()];
            int[] counts = new int[members.sets()];
            for (int i = 0; i < x.elements(); i++) {
                means[members.set(i)] += x.doubles[i];
                counts[members.set(i)]++;
            }
            for (int set = 0; set < means.length; set++) {
                means[set] /= counts[set];
            }
            for (int i = 0; i < x.elements(); i++) {
                int set = members.set(i);
                variances[set] += (x.doubles[i] - means[set]) * (x.doubles[i] - means[set]) / counts[set];
            }
            double[] values = new double[x.elements()];
            for (int i = 0; i < values.length; i++) {
                int set = members.set(i);
                values[i] = (x.doubles[i] - means[set]) / Math.sqrt(variances[set] + epsilon);
            }
            for (int set = 0; set < variances.length; set++) {
                variances[set] = Math.sqrt(variances[set] + epsilon);
            }
            return new Normal(values, variances, counts);
        }
    }

    private static void normalise(double epsilon, Members members, List<Values> in, List<Values> out) {
        Normal normal = Normal.of(in.get(0), members, epsilon);
        for (int i = 0; i < normal.values.length; i++) {
            int weight = members.weight(i);
            out.get(0).doubles[i] = in.size() == 1
                    ? normal.values[i]
                    : normal.values[i] * in.get(1).doubles[weight] + in.get(2).doubles[weight];
        }
    }

    private static void gradient(double epsilon, Members members, List<Values> in, List<Values> out) {
        Normal normal = Normal.of(in.get(0), members, epsilon);
        double[] g = in.get(1).doubles;
        boolean weighted = in.size() == 3;
        double[] scaled = new double[normal.values.length];
        double[] means = new double[members.sets()];
        double[] products = new double[members.sets()];
        for (int i = 0; i < scaled.length; i++) {
            int weight = members.weight(i);
            int set = members.set(i);
            scaled[i] = weighted ? g[i] * in.get(2).doubles[weight] : g[i];
            means[set] += scaled[i] / normal.counts[set];
            products[set] += scaled[i] * normal.values[i] / normal.counts[set];
            if (weighted) {
                out.get(1).doubles[weight] += g[i] * normal.values[i];
                out.get(2).doubles[weight] += g[i];
            }
        }
        for (int i = 0; i < scaled.length; i++) {
            int set = members.set(i);
            out.get(0).doubles[i] = (scaled[i] - means[set] - normal.values[i] * products[set]) / normal.roots[set];
        }
    }

    private static void softmax(int axis, boolean logarithm, List<Values> in, List<Values> out) {
        Values x = in.get(0);
        Members lines = ofLayers(x, List.of(axis));
        double[] most = new double[lines.sets()];
        double[] sums = new double[lines.sets()];
        Arrays.fill(most, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < x.elements(); i++) {
            most[lines.set(i)] = Math.max(most[lines.set(i)], x.doubles[i]);
        }
        for (int i = 0; i < x.elements(); i++) {
            sums[lines.set(i)] += Math.exp(x.doubles[i] - most[lines.set(i)]);
        }
        for (int i = 0; i < x.elements(); i++) {
            double distance = x.doubles[i] - most[lines.set(i)];
            double sum = sums[lines.set(i)];
            out.get(0).doubles[i] = logarithm ? distance - Math.log(sum) : Math.exp(distance) / sum;
        }
    }

    private static void softmaxGradient(int axis, boolean logarithm, List<Values> in, List<Values> out) {
        double[] y = in.get(0).doubles;
        double[] g = in.get(1).doubles;
        Members lines = ofLayers(in.get(0), List.of(axis));
        double[] sums = new double[lines.sets()];
        for (int i = 0; i < y.length; i++) {
            sums[lines.set(i)] += logarithm ? g[i] : g[i] * y[i];
        }
        for (int i = 0; i < y.length; i++) {
            double sum = sums[lines.set(i)];
            out.get(0).doubles[i] = logarithm ? g[i] - Math.exp(y[i]) * sum : y[i] * (g[i] - sum);
        }
    }

    private static void channelAffine(List<Values> in, List<Values> out) {
        Shape shape = in.get(0).shape();
        for (int i = 0; i < in.get(0).elements(); i++) {
            int plane = position(shape, i, 0) * shape.intSize(1) + position(shape, i, 1);
            double scale = in.get(1).doubles[plane % in.get(1).elements()];
            double shift = in.get(2).doubles[plane % in.get(2).elements()];
            double centre = in.size() == 4 ? in.get(3).doubles[plane % in.get(3).elements()] : 0;
            out.get(0).doubles[i] = (in.get(0).doubles[i] - centre) * scale + shift;
        }
    }

    private static void channelAffineGradient(List<Values> in, List<Values> out) {
        Shape shape = in.get(0).shape();
        for (int i = 0; i < in.get(0).elements(); i++) {
            int plane = position(shape, i, 0) * shape.intSize(1) + position(shape, i, 1);
            double g = in.get(1).doubles[i];
            double centre = in.size() == 4 ? in.get(3).doubles[plane % in.get(3).elements()] : 0;
            out.get(0).doubles[i] = g * in.get(2).doubles[plane % in.get(2).elements()];
            out.get(1).doubles[plane] += g * (in.get(0).doubles[i] - centre);
            out.get(2).doubles[plane] += g;
        }
    }
}
