package org.impasto.kernels.internal.provider;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The species of this process's float vectors; loaded only by the vector provider. */
public final class VectorWidth {
    /** The species; a constant to the compiler, as fast vector code needs it. */
    public static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(float.class, VectorShape.forBitSize(VectorSupport.bits()));

    /** Floats in a vector: 4, 8 or 16. */
    public static final int LANES = FLOATS.length();

    private VectorWidth() {}
}
