/**
 * MicroAST (Wang et al., "MicroAST: towards super-fast ultra-resolution arbitrary style transfer", AAAI 2023): two small
 * encoders, a modulator that makes weights and biases of a style, and a decoder whose residual blocks they steer. Pictures
 * in [0, 1] enter, the content in the style's manner leaves.
 */
@NullMarked
package org.impasto.nn.style.microast;

import org.jspecify.annotations.NullMarked;
