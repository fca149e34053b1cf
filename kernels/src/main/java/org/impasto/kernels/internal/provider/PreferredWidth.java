package org.impasto.kernels.internal.provider;

import jdk.incubator.vector.FloatVector;

/** Asks the JVM for its vectors' width; loaded only where the Vector API is present. */
final class PreferredWidth {
    private PreferredWidth() {}

    static int bits() {
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }
}
