/**
 * The command line {@code impasto}. Arguments enter; pictures and safetensors files leave, whole or not at all, with one
 * line on the standard error and an exit code when something is wrong. Also the demo's own pictures.
 */
@NullMarked
package org.impasto.cli;

import org.jspecify.annotations.NullMarked;
