/**
 * Our speed beside that of the peers. A row of the table and the files it needs enter; each side (ours, ONNX Runtime,
 * PyTorch, ND4J) runs it in a process of its own, in turn; medians, ratios and raw results leave. Nothing else in the
 * project knows this module, and it is not published.
 */
@NullMarked
package org.impasto.benchmarks;

import org.jspecify.annotations.NullMarked;
