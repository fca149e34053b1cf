/**
 * Measures of how alike pictures are, and sets of pictures by their features. Tensors enter, numbers leave; each class names
 * its paper, its range and whether higher or lower is better. What is also a loss stands in
 * {@link org.impasto.nn.functional} and is only named here.
 */
@NullMarked
package org.impasto.nn.metrics;

import org.jspecify.annotations.NullMarked;
