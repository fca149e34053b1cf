/**
 * Which form of the inner loops this process uses: the Vector API or plain Java. System properties and facts of the JVM
 * enter; one choice with its reason leaves, made once. Nothing outside a class that only the vector provider loads may
 * name a class of the Vector API, so that a JVM without the module works.
 */
@NullMarked
package org.impasto.kernels.internal.provider;

import org.jspecify.annotations.NullMarked;
