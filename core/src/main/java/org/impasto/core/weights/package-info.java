/**
 * Weight files. A path enters; tensors leave by name, one at a time, as arrays or into a buffer: safetensors, PyTorch's
 * zip and older files, {@code .npy}, {@code .npz} and sharded folders are read
 * ({@link org.impasto.core.weights.WeightFile}), safetensors is written
 * ({@link org.impasto.core.weights.WeightWriter}). Every size that a file states is checked against the file before
 * anything is allocated, and nothing that a file names is ever called.
 */
@NullMarked
package org.impasto.core.weights;

import org.jspecify.annotations.NullMarked;
