/**
 * Sums, means, extremes and variances, and the affine maps of channels that use them. Arrays with offsets enter, in any
 * shape for reductions, planar or blocked by 16 channels for statistics of feature maps. Sums are taken in float32 over
 * short runs and in float64 from run to run, in an order that depends on the shape alone.
 */
@NullMarked
package org.impasto.kernels.internal.statistics;

import org.jspecify.annotations.NullMarked;
