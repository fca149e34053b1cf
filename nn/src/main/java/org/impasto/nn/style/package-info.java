/**
 * Style methods. A content picture and a style picture enter, the content in the style's manner leaves. A style is
 * prepared once and applied to many contents, with a strength between 0 (the content) and 1.
 */
@NullMarked
package org.impasto.nn.style;

import org.jspecify.annotations.NullMarked;
