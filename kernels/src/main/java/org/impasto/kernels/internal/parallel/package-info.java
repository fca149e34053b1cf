/** How work is spread over threads: an operation enters as numbered pieces and leaves when all of them are done. */
@NullMarked
package org.impasto.kernels.internal.parallel;

import org.jspecify.annotations.NullMarked;
