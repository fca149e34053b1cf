/**
 * Pooling of blocked feature maps and of planes. A shape with its options and an array enter, an array leaves, and for
 * max pooling, when asked for, where each maximum stood.
 */
@NullMarked
package org.impasto.kernels.internal.pooling;

import org.jspecify.annotations.NullMarked;
