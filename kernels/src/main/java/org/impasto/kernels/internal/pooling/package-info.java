/**
 * Pooling and nearest-neighbour upsampling of blocked feature maps. A shape with its options and a blocked array enter,
 * a blocked array leaves, and for max pooling, when asked for, where each maximum stood.
 */
@NullMarked
package org.impasto.kernels.internal.pooling;

import org.jspecify.annotations.NullMarked;
