/**
 * Layers and models. A network is a class whose constructor asks a {@link org.impasto.nn.Parameters} source for its
 * weights by name; the source initialises them or reads them from a file. A {@link org.impasto.nn.Model} holds the
 * network with its weights; tensors enter {@code forward} and leave it.
 */
@NullMarked
package org.impasto.nn;

import org.jspecify.annotations.NullMarked;
