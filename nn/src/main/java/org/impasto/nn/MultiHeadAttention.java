package org.impasto.nn;

import org.impasto.core.Parameter;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.functional.MultiHead;
import org.jspecify.annotations.Nullable;

/**
 * Attention of tokens to tokens in several heads, with {@code in_proj_weight} (the rows of queries, keys and values),
 * {@code in_proj_bias} and {@code out_proj}, as PyTorch's {@code MultiheadAttention}.
 */
public final class MultiHeadAttention {
    private final int width;
    private final int heads;
    private final Parameter weight;
    private final Parameter bias;
    private final Linear output;

    /** A layer for tokens of that width, which divides into the heads. */
    public MultiHeadAttention(Parameters p, int width, int heads) {
        this.width = width;
        this.heads = heads;
        this.weight = p.get("in_proj_weight", Shape.of(3L * width, width), Init.kaiming());
        this.bias = p.get("in_proj_bias", Shape.of(3L * width), Init.zeros());
        this.output = new Linear(p.in("out_proj"), width, width);
    }

    /**
     * What each token of x (N, L, width) gathers from the context (N, S, width).
     *
     * @param mask added to the scores (..., L, S), or null; {@link Tensor#maskOf} makes one of truth values
     */
    public Tensor forward(Tensor x, Tensor context, @Nullable Tensor mask) {
        return Scope.keeping(() -> {
            Tensor gathered = projected(x, 0).attention(projected(context, 1), projected(context, 2), mask, false);
            return output.forward(MultiHead.join(gathered));
        });
    }

    /** Queries (0), keys (1) or values (2), by head. */
    private Tensor projected(Tensor tokens, int part) {
        Tensor rows = weight.on(tokens).slice(0, (long) part * width, width);
        Tensor shift = bias.on(tokens).slice(0, (long) part * width, width);
        return MultiHead.split(tokens.matmul(rows, false, true).add(shift), heads);
    }
}
