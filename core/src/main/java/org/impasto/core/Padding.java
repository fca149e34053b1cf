package org.impasto.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations that add or cut edges. */
public sealed interface Padding extends Operation {
    /** A picture with edges added (or cut, where negative); {@code value} fills them in mode ZERO. */
    record Pad(Edges edges, PaddingMode mode, double value) implements Padding {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Spec x = inputs.get(0);
            Checks.picture(this, "picture", x);
            edges.check(this, mode, x.shape());
            return List.of(new Spec(padded(x.shape(), edges), x.type()));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(
                    Tensor.apply(new PadGradient(edges, mode, b.inputSpec(0).shape()), b.gradient()));
        }
    }

    /** Operand: gradient of a padded picture; each cell is added to the cell that it was copied from. */
    record PadGradient(Edges edges, PaddingMode mode, Shape picture) implements Padding {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Checks.pictureShape(this, picture);
            edges.check(this, mode, picture);
            Checks.gradient(this, inputs.get(0), padded(picture, edges));
            return List.of(new Spec(picture, inputs.get(0).type()));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(Tensor.apply(new Pad(edges, mode, 0), b.gradient()));
        }
    }

    private static Shape padded(Shape picture, Edges edges) {
        return picture.with(2, picture.size(2) + edges.top() + edges.bottom())
                .with(3, picture.size(3) + edges.left() + edges.right());
    }
}
