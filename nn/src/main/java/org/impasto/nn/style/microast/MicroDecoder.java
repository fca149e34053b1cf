package org.impasto.nn.style.microast;

import org.impasto.core.Scope;
import org.impasto.core.Tensor;
import org.impasto.nn.Layer;
import org.impasto.nn.Parameters;
import org.impasto.nn.tiling.BilinearDoubling;
import org.impasto.nn.tiling.ReceptiveField;

/** Makes a picture of features: two residual blocks that a style steers, then four times the size. */
public final class MicroDecoder {
    private final ModulatedResidual deep;
    private final ModulatedResidual shallow;
    private final Layer picture;

    /** A decoder. */
    public MicroDecoder(Parameters p) {
        deep = new ModulatedResidual(p.in("dec1"));
        shallow = new ModulatedResidual(p.in("dec2"));
        picture = new Enlargement(p.in("dec3"));
    }

    /** The first residual block, for features in the style's manner. */
    public Tensor deep(Tensor x, Modulator.Signal signal) {
        return deep.forward(x, signal);
    }

    /** The second residual block. */
    public Tensor shallow(Tensor x, Modulator.Signal signal) {
        return shallow.forward(x, signal);
    }

    /** The picture, N x 3 x 4H x 4W, not clamped. */
    public Tensor picture(Tensor x) {
        return picture.forward(x);
    }

    /** How far each residual block reaches. */
    static ReceptiveField residualField() {
        return ReceptiveField.identity().same(3).same(3);
    }

    /** How far the picture reaches over the features that it is made of. */
    static ReceptiveField pictureField() {
        return ReceptiveField.identity()
                .then(BilinearDoubling.FIELD)
                .same(3)
                .then(BilinearDoubling.FIELD)
                .same(3)
                .same(9);
    }

    /** {@code x + w conv2(y) + b y} with {@code y = relu(w conv1(x) + b x)}. */
    private static final class ModulatedResidual {
        private final ReflectedConv2d first;
        private final ReflectedConv2d second;

        ModulatedResidual(Parameters p) {
            first = new ReflectedConv2d(p.in("conv1"), 64, 64, 3);
            second = new ReflectedConv2d(p.in("conv2"), 64, 64, 3);
        }

        Tensor forward(Tensor x, Modulator.Signal signal) {
            Tensor w = signal.weight();
            Tensor b = signal.bias();
            return Scope.keeping(() -> {
                Tensor y = first.forward(x).mul(w).add(x.mul(b)).relu();
                return x.add(second.forward(y).mul(w)).add(y.mul(b));
            });
        }
    }

    private static final class Enlargement implements Layer {
        private final ReflectedConv2d halfPairs;
        private final ReflectedConv2d half;
        private final ReflectedConv2d fullPairs;
        private final ReflectedConv2d full;
        private final ReflectedConv2d picture;

        Enlargement(Parameters p) {
            halfPairs = new ReflectedConv2d(p.in("1"), 64, 32, 3, 1, 32);
            half = new ReflectedConv2d(p.in("3"), 32, 32, 1);
            fullPairs = new ReflectedConv2d(p.in("6"), 32, 16, 3, 1, 16);
            full = new ReflectedConv2d(p.in("8"), 16, 16, 1);
            picture = new ReflectedConv2d(p.in("10"), 16, 3, 9);
        }

        @Override
        public Tensor forward(Tensor features) {
            try (Scope scope = Scope.open()) {
                Tensor x = scope.only(half.activated(halfPairs.activated(BilinearDoubling.of(features))));
                x = scope.only(full.activated(fullPairs.activated(BilinearDoubling.of(x))));
                return scope.keep(picture.forward(x));
            }
        }
    }
}
