package org.impasto.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations that bring pictures to another size. */
public sealed interface Resampling extends Operation {
    /** How a cell of the result is made. */
    enum Filter {
        /** The cell at {@code floor(i * in / out)}. */
        NEAREST,
        /** Linear between two cells on each axis. */
        BILINEAR,
        /** Cubic convolution of four cells on each axis, a = -0.75 (-0.5 if antialiased). */
        BICUBIC,
        /** The mean of the cells {@code floor(i * in / out)} to {@code ceil((i + 1) * in / out)}, exclusive. */
        AREA
    }

    /**
     * A picture at another size.
     *
     * @param alignCorners whether the centres of the corner cells lie on each other (bilinear and bicubic)
     * @param antialias whether a reduction widens the filter so that every cell counts (bilinear and bicubic)
     */
    record Resize(long height, long width, Filter filter, boolean alignCorners, boolean antialias)
            implements Resampling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec x = inputs.get(0);
            Checks.picture(this, "picture", x);
            Checks.that(height > 0 && width > 0, this, () -> "size " + height + "x" + width + " is empty");
            Checks.that(
                    x.shape().size(2) > 0 && x.shape().size(3) > 0, this, () -> "picture " + x.shape() + " is empty");
            Checks.that(!(alignCorners && antialias), this, "aligned corners cannot be antialiased");
            return List.of(new Spec(x.shape().with(2, height).with(3, width), x.type()));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(Tensor.apply(new ResizeGradient(this, b.inputSpec(0).shape()), b.gradient()));
        }
    }

    /** Operand: gradient of a resized picture; the transpose of the resize. */
    record ResizeGradient(Resize resize, Shape picture) implements Resampling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Checks.pictureShape(this, picture);
            Checks.gradient(
                    this, inputs.get(0), picture.with(2, resize.height()).with(3, resize.width()));
            return List.of(new Spec(picture, inputs.get(0).type()));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(Tensor.apply(resize, b.gradient()));
        }
    }
}
