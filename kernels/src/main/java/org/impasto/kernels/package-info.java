/**
 * The CPU backend: {@link org.impasto.core.Operation} records enter with storages, the kernels of
 * {@code org.impasto.kernels.internal} compute on their arrays, and new storages leave. What knows records stands here;
 * what knows arrays alone stands below.
 */
@NullMarked
package org.impasto.kernels;

import org.jspecify.annotations.NullMarked;
