/**
 * Pictures. PNG and JPEG files, streams, bytes and {@link java.awt.image.BufferedImage}s enter as an
 * {@link org.impasto.core.image.Image} of planar RGB floats; resized pictures, float planes, files and buffered images
 * leave. Conversions between colour spaces stand in {@link org.impasto.core.image.ColorSpaces} and happen only on
 * request: a picture's numbers are the sRGB-encoded ones that its file holds.
 */
@NullMarked
package org.impasto.core.image;

import org.jspecify.annotations.NullMarked;
