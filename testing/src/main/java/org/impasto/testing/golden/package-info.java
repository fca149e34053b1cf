/**
 * Golden files: cases computed elsewhere in float64, one safetensors file each. A folder of files and a backend enter a
 * {@link org.impasto.testing.golden.GoldenRunner}; a report leaves of how many cases ran, how far results were from the
 * stored ones compared with the error that another float32 implementation makes, and what is not covered yet.
 */
@NullMarked
package org.impasto.testing.golden;

import org.jspecify.annotations.NullMarked;
