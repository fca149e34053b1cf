package org.impasto.nn.style.photoreal;

import java.util.List;
import org.impasto.core.Convolution.Activation;
import org.impasto.core.Convolution.FusedPooling;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.Conv2d;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;
import org.impasto.nn.tiling.ReceptiveField;

/** An encoder of four blocks, one for each level; every block but perhaps the first halves the size. */
final class DistilledEncoder {
    private final List<Layer> blocks;
    private final List<ReceptiveField> fields;

    private DistilledEncoder(List<ReceptiveField> fields, Layer... blocks) {
        this.blocks = List.of(blocks);
        this.fields = fields;
    }

    /** How far a block reaches. */
    ReceptiveField field(int level) {
        return fields.get(level);
    }

    /** The features that a block makes of those of the level before, or of the picture. */
    Tensor block(int level, Tensor x) {
        return blocks.get(level).forward(x);
    }

    // ---- VGG

    /** Distilled from VGG-19: 10, 20, 58 and 64 channels at the picture's size, a half, a quarter and an eighth. */
    static DistilledEncoder vgg(Parameters p) {
        Parameters first = p.in("btnecks").in("0");
        Layer colours = Conv2d.same(layer(first, 0), 3, 3, 1, PaddingMode.ZERO);
        Layer picture = activated(layer(first, 1), 3, 10);
        ReceptiveField here = ReceptiveField.identity().same(3);
        ReceptiveField halved = here.pooling(2, false).same(3);
        return new DistilledEncoder(
                List.of(here, halved, halved, here.same(3).then(halved)),
                chain(colours, picture),
                pooling(p.in("btnecks").in("1"), 10, 20, 1),
                pooling(p.in("btnecks").in("2"), 20, 58, 1),
                pooling(p.in("btnecks").in("3"), 58, 64, 3));
    }

    /** Some convolutions, a 2x2 max pooling and another convolution, a relu behind each convolution. */
    private static Layer pooling(Parameters p, int in, int out, int before) {
        Layer[] layers = new Layer[before + 1];
        for (int i = 0; i < before; i++) {
            layers[i] = i < before - 1 ? activated(layer(p, i), in, in) : pooled(layer(p, i), in);
        }
        layers[before] = activated(layer(p, before), in, out);
        return chain(layers);
    }

    private static Layer pooled(Parameters p, int channels) {
        Conv2d convolution = Conv2d.same(p, channels, channels, 3, PaddingMode.REFLECT);
        return x -> convolution.forward(x, Activation.RELU, FusedPooling.FLOOR);
    }

    // ---- MobileNet

    /** Distilled from MobileNet: 10, 19, 37 and 54 channels at a half of the picture's size down to a sixteenth. */
    static DistilledEncoder mobileNet(Parameters p) {
        Parameters room = p.in("se_model");
        Layer picture = relu(new Conv2d(layer(room, 0), 3, 10, 3, halving()));
        ReceptiveField halved = ReceptiveField.identity().convolution(3, halving());
        ReceptiveField separable = ReceptiveField.identity().same(3).then(halved);
        return new DistilledEncoder(
                List.of(halved, separable, separable, separable),
                chain(x -> x.affine(2, -1), picture),
                chain(depthwise(room, 1, 10), pointwise(room, 2, 10, 19), halvingDepthwise(room, 3, 19)),
                separable(room, 4, 19, 37),
                separable(room, 8, 37, 54));
    }

    private static Layer separable(Parameters room, int index, int in, int out) {
        return chain(
                pointwise(room, index, in, out),
                depthwise(room, index + 1, out),
                pointwise(room, index + 2, out, out),
                halvingDepthwise(room, index + 3, out));
    }

    private static Layer pointwise(Parameters room, int index, int in, int out) {
        return relu(Conv2d.same(layer(room, index), in, out, 1, PaddingMode.ZERO));
    }

    private static Layer depthwise(Parameters room, int index, int channels) {
        Geometry geometry =
                Geometry.plain().padded(Edges.all(1), PaddingMode.REFLECT).grouped(channels);
        return relu(new Conv2d(layer(room, index).in("depthwise"), channels, channels, 3, geometry));
    }

    private static Layer halvingDepthwise(Parameters room, int index, int channels) {
        return relu(new Conv2d(
                layer(room, index).in("depthwise"),
                channels,
                channels,
                3,
                halving().grouped(channels)));
    }

    /** Stride 2 with a row and a column added below and to the right, as TensorFlow pads even sizes. */
    private static Geometry halving() {
        return Geometry.plain()
                .padded(new Edges(0, 1, 0, 1), PaddingMode.REFLECT)
                .strided(2, 2);
    }

    // ---- layers

    static Parameters layer(Parameters p, int index) {
        return p.in("layer_with_weights-" + index);
    }

    static Layer activated(Parameters p, int in, int out) {
        return relu(Conv2d.same(p, in, out, 3, PaddingMode.REFLECT));
    }

    private static Layer relu(Conv2d convolution) {
        return x -> convolution.forward(x, Activation.RELU, FusedPooling.NONE);
    }

    static Layer chain(Layer... layers) {
        return input -> {
            try (Scope scope = Scope.open()) {
                Tensor x = input;
                for (Layer layer : layers) {
                    x = scope.only(layer.forward(x));
                }
                return scope.keep(x);
            }
        };
    }
}
