/**
 * Training runs. A network's parameters, an optimiser, batches and a loss enter a {@link org.impasto.nn.training.Trainer};
 * trained parameters leave, and in a folder weights, checkpoints, metrics as CSV, a loss curve and sample pictures. A run
 * that was killed at any moment continues from its last checkpoint and ends with the same bits.
 */
@NullMarked
package org.impasto.nn.training;

import org.jspecify.annotations.NullMarked;
