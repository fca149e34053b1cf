/**
 * What moves parameters downhill: optimisers, groups of parameters with options of their own, learning rate schedules,
 * gradient clipping, moving averages of weights, and L-BFGS. Parameters and the gradients of a
 * {@link org.impasto.core.Tape} enter; the parameters' values change. What an optimiser remembers between steps leaves and
 * comes back as named tensors.
 */
@NullMarked
package org.impasto.nn.optim;

import org.jspecify.annotations.NullMarked;
