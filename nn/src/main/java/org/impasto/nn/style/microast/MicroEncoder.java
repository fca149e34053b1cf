package org.impasto.nn.style.microast;

import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.Parameters;
import org.impasto.nn.tiling.ReceptiveField;

/** Encodes a picture into two feature maps of 64 channels at a quarter of its size. */
public final class MicroEncoder {
    private final ReflectedConv2d picture;
    private final ReflectedConv2d halving;
    private final ReflectedConv2d mixing;
    private final ReflectedConv2d quartering;
    private final ReflectedConv2d mixingAgain;
    private final Residual first;
    private final Residual second;

    /** An encoder; a content and a style encoder differ in their weights alone. */
    public MicroEncoder(Parameters p) {
        Parameters room = p.in("enc1");
        picture = new ReflectedConv2d(room.in("0"), 3, 16, 9);
        halving = new ReflectedConv2d(room.in("2"), 16, 32, 3, 2, 16);
        mixing = new ReflectedConv2d(room.in("4"), 32, 32, 1);
        quartering = new ReflectedConv2d(room.in("6"), 32, 64, 3, 2, 32);
        mixingAgain = new ReflectedConv2d(room.in("8"), 64, 64, 1);
        first = new Residual(room.in("10"));
        second = new Residual(p.in("enc2").in("0"));
    }

    /**
     * The feature maps of a picture.
     *
     * @param first N x 64 x H/4 x W/4, rounded up
     * @param second one residual block deeper, of the same size
     */
    public record Features(Tensor first, Tensor second) {}

    /** The feature maps of a picture, N x 3 x H x W in [0, 1], at least 6 pixels high and wide. */
    public Features features(Tensor image) {
        try (Scope scope = Scope.open()) {
            Tensor x = scope.only(picture.activated(image));
            x = scope.only(mixing.activated(halving.activated(x)));
            x = scope.only(mixingAgain.activated(quartering.activated(x)));
            Tensor shallow = first.forward(x);
            return new Features(scope.keep(shallow), scope.keep(second.forward(shallow)));
        }
    }

    /** How far the first feature map reaches over the picture. */
    static ReceptiveField firstField() {
        return ReceptiveField.identity()
                .same(9)
                .window(3, 2, 1)
                .window(3, 2, 1)
                .same(3)
                .same(3);
    }

    /** How far the second feature map reaches over the picture. */
    static ReceptiveField secondField() {
        return firstField().same(3).same(3);
    }

    /** {@code x + conv2(relu(conv1(x)))}. */
    private static final class Residual {
        private final ReflectedConv2d first;
        private final ReflectedConv2d second;

        Residual(Parameters p) {
            first = new ReflectedConv2d(p.in("conv1"), 64, 64, 3);
            second = new ReflectedConv2d(p.in("conv2"), 64, 64, 3);
        }

        Tensor forward(Tensor x) {
            return x.add(second.forward(first.activated(x)));
        }
    }
}
