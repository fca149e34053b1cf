/**
 * Values and operations. Host data enters as a {@link org.impasto.core.Tensor} of a {@link org.impasto.core.Backend};
 * {@link org.impasto.core.Operation} records are applied to it, with or without a {@link org.impasto.core.Tape} that
 * records them for gradients; host arrays leave. A {@link org.impasto.core.Scope} governs how long tensors live.
 */
@NullMarked
package org.impasto.core;

import org.jspecify.annotations.NullMarked;
