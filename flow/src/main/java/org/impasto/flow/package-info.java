/**
 * Normalizing flows: invertible layers, chains of them, and the multi-scale network Glow. A picture enters, its
 * latents and the logarithm of the likelihood leave; or latents enter and the very picture leaves. The state between
 * layers is float64, the networks inside couplings compute in float32, on numbers that both directions see alike.
 */
@NullMarked
package org.impasto.flow;

import org.jspecify.annotations.NullMarked;
