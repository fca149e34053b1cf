package org.impasto.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations that change the type of elements. */
public sealed interface Conversion extends Operation {
    /** The same numbers in another type; floats become integers by truncation. */
    record Cast(ElementType type) implements Conversion {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 1);
            Checks.that(
                    type.isComputable(), this, () -> type + " is for files only, expected FLOAT32, FLOAT64 or INT64");
            return List.of(new Spec(inputs.get(0).shape(), type));
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            return List.of(b.gradient().to(b.inputSpec(0).type()));
        }
    }
}
