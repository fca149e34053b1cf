/**
 * Softmax, normalisation of groups and layers, attention, and their gradients. Arrays with offsets enter, planar or, for
 * groups of channels, blocked by 16 channels. Sums are taken in float32 over short runs and in float64 from run to run,
 * in an order that depends on the shape alone.
 */
@NullMarked
package org.impasto.kernels.internal.normalization;

import org.jspecify.annotations.NullMarked;
