/**
 * What tests are made of, also those of layers and backends written elsewhere: a float64 reference backend, a table of
 * operations with checks drawn from it, a gradient check against finite differences, golden files, and the rules that
 * every backend keeps. Backends and functions of tensors enter; assertion errors that say what differs where leave.
 */
@NullMarked
package org.impasto.testing;

import org.jspecify.annotations.NullMarked;
