/**
 * Products of matrices, Gram matrices and covariances of features, and the symmetric eigenvalue problem. Row-major or
 * blocked arrays with offsets enter, results are written into arrays; how matrices are cut for caches and threads is
 * written once here, and the inner loops have a plain and a vector form. Results do not depend on the number of
 * threads.
 */
@NullMarked
package org.impasto.kernels.internal.matrix;

import org.jspecify.annotations.NullMarked;
