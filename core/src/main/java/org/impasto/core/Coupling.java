package org.impasto.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the couplings of a normalizing flow do with the answer of their network, in one pass. The state is (N, C, H, W) in
 * float64; its first C / 2 channels (rounded down) pass, the others, b, are changed. The answer, (N, 2 R, H, W) in float32
 * for the R other channels, holds v, then t; the scale is {@code s = sigmoid(v + shift)}, worked out in float32.
 */
public sealed interface Coupling extends Operation {
    /** The largest {@code -log(s)} that is not flagged: the scale and its reciprocal are normal float32 numbers. */
    double LARGEST_LOGARITHM = 80;

    /**
     * {@code (b + t) s} (Kingma and Dhariwal, "Glow", 2018, as glow-pytorch orders it). Operands: state, answer. Results: the
     * state after the change; {@code sum(log s)} of each image, (N) in float64; and flags, (N) in int64: not 0 where a number
     * of an image cannot be undone, for its scale is beyond {@link #LARGEST_LOGARITHM} or its result not finite.
     */
    record Affine(double shift) implements Coupling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            check(this, inputs);
            Shape each = Shape.of(inputs.get(0).shape().size(0));
            return List.of(inputs.get(0), new Spec(each, ElementType.FLOAT64), new Spec(each, ElementType.INT64));
        }

        @Override
        public Saves saves(Wanted wanted) {
            return Saves.inputs(0, 1);
        }

        @Override
        public List<@Nullable Tensor> gradient(Backward b) {
            Tensor state = b.input(0);
            Tensor answer = b.input(1);
            Gradients gradients = gradients(shift, state, answer, b.gradient(0), b.gradient(1));
            List<@Nullable Tensor> wanted = new ArrayList<>();
            wanted.add(b.wants(0) ? gradients.ofState() : null);
            wanted.add(b.wants(1) ? gradients.ofAnswer() : null);
            return wanted;
        }
    }

    /** {@code b / s - t}. Operands: state, answer. Results: the state before the change; the flags of {@link Affine}. */
    record AffineInverse(double shift) implements Coupling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 2);
            check(this, inputs);
            return List.of(
                    inputs.get(0), new Spec(Shape.of(inputs.get(0).shape().size(0)), ElementType.INT64));
        }

        @Override
        public boolean isTerminal() {
            return true;
        }
    }

    /**
     * The gradient of {@link Affine}. Operands: state and answer, the gradient of the state after the change, and that of the
     * logarithms, (N). Results: the gradients of state and answer.
     */
    record AffineGradient(double shift) implements Coupling {
        @Override
        public List<Spec> outputs(List<Spec> inputs) {
            Checks.operands(this, inputs, 4);
            check(this, inputs);
            Shape state = inputs.get(0).shape();
            Checks.that(
                    inputs.get(2).equals(inputs.get(0)),
                    this,
                    () -> "gradient of the result is " + inputs.get(2) + ", expected " + inputs.get(0));
            Spec each = new Spec(Shape.of(state.size(0)), ElementType.FLOAT64);
            Checks.that(
                    inputs.get(3).equals(each),
                    this,
                    () -> "gradient of the logarithms is " + inputs.get(3) + ", expected " + each);
            return List.of(inputs.get(0), inputs.get(1));
        }

        @Override
        public boolean isTerminal() {
            return true;
        }
    }

    /** Gradients of {@link Affine} with respect to its operands. */
    record Gradients(Tensor ofState, Tensor ofAnswer) {}

    /** The gradients of {@link Affine}, in one pass unless a tape records them. */
    static Gradients gradients(double shift, Tensor state, Tensor answer, Tensor ofResult, Tensor ofLogarithms) {
        List<Tensor> operands = List.of(state, answer, ofResult, ofLogarithms);
        if (operands.stream().allMatch(operand -> operand.plain() == operand)) {
            List<Tensor> both = Tensor.applyAll(new AffineGradient(shift), operands);
            return new Gradients(both.get(0), both.get(1));
        }
        long half = state.shape().size(1) / 2;
        long rest = state.shape().size(1) - half;
        Tensor logit = answer.slice(1, 0, rest).affine(1, shift);
        Tensor scale = logit.sigmoid().to(ElementType.FLOAT64);
        Tensor opposite = logit.negate().sigmoid().to(ElementType.FLOAT64); // 1 - s, without cancellation
        Tensor shifted =
                state.slice(1, half, rest).add(answer.slice(1, rest, rest).to(ElementType.FLOAT64));
        Tensor scaled = ofResult.slice(1, half, rest).mul(scale);
        Tensor ofLogit = scaled.mul(shifted)
                .add(ofLogarithms.reshape(state.shape().size(0), 1, 1, 1))
                .mul(opposite);
        return new Gradients(
                Tensor.concat(1, List.of(ofResult.slice(1, 0, half), scaled)),
                Tensor.concat(1, List.of(ofLogit, scaled)).to(answer.type()));
    }

    private static void check(Operation operation, List<Spec> inputs) {
        Spec state = inputs.get(0);
        Checks.rank(operation, "state", state, 4, "N, C, H, W");
        Checks.that(
                state.type() == ElementType.FLOAT64,
                operation,
                () -> "state is " + state.type() + ", expected FLOAT64; convert it with to(type)");
        Shape shape = state.shape();
        Checks.that(shape.size(1) >= 2, operation, () -> "state has shape " + shape + ", expected 2 channels or more");
        Spec answer = new Spec(shape.with(1, 2 * (shape.size(1) - shape.size(1) / 2)), ElementType.FLOAT32);
        Checks.that(
                inputs.get(1).equals(answer), operation, () -> "answer is " + inputs.get(1) + ", expected " + answer);
    }
}
