/**
 * Filters with square windows. Planes of pictures enter as rows of doubles, sums over windows leave as rows of doubles.
 */
@NullMarked
package org.impasto.kernels.internal.filtering;

import org.jspecify.annotations.NullMarked;
