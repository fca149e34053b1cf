/**
 * The rules that tensors, scopes, tapes, parameters and runs keep on every backend, as checks that take a backend and
 * end in an assertion error where a rule is broken. A new backend is tried with {@link
 * org.impasto.testing.rules.BackendRule#all()}.
 */
@NullMarked
package org.impasto.testing.rules;

import org.jspecify.annotations.NullMarked;
