/**
 * Functions of one and of two arrays, element by element. Arrays with offsets and shapes to be broadcast enter, results
 * are written into arrays. In float32 exp, log, tanh and the like are polynomials of our own, without fused
 * multiply-adds, so that plain and vector loops of any width give equal bits; in float64 they are those of
 * {@link java.lang.StrictMath}, in plain loops.
 */
@NullMarked
package org.impasto.kernels.internal.elementwise;

import org.jspecify.annotations.NullMarked;
