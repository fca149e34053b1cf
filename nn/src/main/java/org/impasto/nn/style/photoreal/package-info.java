/**
 * Photorealistic transfer: the colours of a style, and the shapes of the content as they are. Small networks whose
 * encoders were distilled on the principal components of large ones; pictures in [0, 1] enter and leave.
 */
@NullMarked
package org.impasto.nn.style.photoreal;

import org.jspecify.annotations.NullMarked;
