/**
 * The edge to ND4J: an {@code INDArray} of any rank, view, order and element type enters and becomes a tensor; a tensor
 * leaves as a fresh array in c order or is written into a given view. {@link org.impasto.nd4j.NdArrays} also runs any
 * function of tensors on arrays. Values are copied through the raw buffers; none of ND4J's operations is called.
 */
@NullMarked
package org.impasto.nd4j;

import org.jspecify.annotations.NullMarked;
