/**
 * Style methods. A content picture and a style enter, the content in the style's manner leaves. A {@link
 * org.impasto.nn.style.StyleTransfer} works on tensors: it prepares a style once as a {@link
 * org.impasto.nn.style.StyleCode} and applies any {@link org.impasto.nn.style.StyleMix} of codes to many contents.
 * {@link org.impasto.nn.style.ColorTransfer} needs no networks and works on pictures.
 */
@NullMarked
package org.impasto.nn.style;

import org.jspecify.annotations.NullMarked;
