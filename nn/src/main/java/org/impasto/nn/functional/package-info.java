/**
 * Functions without parameters that are made of the operations of tensors, a class for each family. Tensors enter and
 * leave; gradients flow through.
 */
@NullMarked
package org.impasto.nn.functional;

import org.jspecify.annotations.NullMarked;
