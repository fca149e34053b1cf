/** Resizing of float32 planes and blocked maps by copies and by short sums. Arrays enter and are filled. */
@NullMarked
package org.impasto.kernels.internal.resampling;

import org.jspecify.annotations.NullMarked;
