package org.impasto.cli;

import java.io.PrintStream;

/**
 * Where a command speaks.
 *
 * @param out results
 * @param err errors, warnings and progress
 * @param showsProgress whether {@code err} is a terminal, on which a line can be drawn over
 */
record Terminal(PrintStream out, PrintStream err, boolean showsProgress) {}
