/**
 * How feature maps lie in memory. Planar is NCHW; blocked is {@code [N][C/16][H][W][16]}, channels in blocks of sixteen
 * at every vector width, lanes above the last channel always zero, no border stored. Arrays of one layout enter, arrays
 * of the other leave. What lies beyond a border is said by {@link org.impasto.core.PaddingMode}.
 */
@NullMarked
package org.impasto.kernels.internal.layout;

import org.jspecify.annotations.NullMarked;
