package org.impasto.kernels.internal.normalization;

/**
 * Sizes of an attention, and where its mask lies.
 *
 * @param heads matrices of queries, keys and values, all images taken together
 * @param width numbers of a query and of a key
 * @param valueWidth numbers of a value
 * @param causal whether query i sees keys 0 to i only
 * @param maskOffsets where the mask of each head begins; empty without a mask
 * @param maskRowStep distance of its rows; 0 if all queries share one
 * @param maskColumnStep distance of its columns; 0 if all keys share one
 */
public record AttentionShape(
        int heads,
        int queries,
        int keys,
        int width,
        int valueWidth,
        double scale,
        boolean causal,
        int[] maskOffsets,
        int maskRowStep,
        int maskColumnStep) {
    boolean masked() {
        return maskOffsets.length > 0;
    }

    /** Keys that some query below a number may see. */
    int keysBefore(int query) {
        return causal ? Math.min(keys, query) : keys;
    }

    int maskPlace(int head, int query) {
        return maskOffsets[head] + query * maskRowStep;
    }
}
