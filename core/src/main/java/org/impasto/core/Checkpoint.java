package org.impasto.core;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keeps the inputs of a function only, and computes it again in the backward pass. */
record Checkpoint(Function<List<Tensor>, Tensor> function) implements CustomFunction {
    @Override
    public List<Tensor> forward(List<Tensor> inputs) {
        return List.of(function.apply(inputs));
    }

    @Override
    public Operation.Saves saves() {
        return Operation.Saves.everyInput();
    }

    @Override
    public List<@Nullable Tensor> backward(Backward b) {
        return b.vjpOfOperands(x -> List.of(function.apply(x)), List.of(b.gradient()));
    }

    @Override
    public boolean replays() {
        return true;
    }
}
