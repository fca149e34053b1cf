/**
 * Pictures to train on. Folders enter; batches of host arrays leave, each a function of a seed and of the number of its
 * step alone, so training can resume at any step. They may be decoded ahead by threads; they become tensors where the
 * caller asks for it, on the caller's thread.
 */
@NullMarked
package org.impasto.nn.data;

import org.jspecify.annotations.NullMarked;
