package org.impasto.kernels.internal.provider;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The species of this process's vectors; loaded only by the vector provider. */
public final class VectorWidth {
    /** The species of float32 vectors; a constant to the compiler, as fast vector code needs it. */
    public static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(float.class, VectorShape.forBitSize(VectorSupport.bits()));

    /** The species of float64 vectors of the same width. */
    public static final VectorSpecies<Double> DOUBLES =
            VectorSpecies.of(double.class, VectorShape.forBitSize(VectorSupport.bits()));

    /** Floats in a vector: 4, 8 or 16. */
    public static final int LANES = FLOATS.length();

    private VectorWidth() {}
}
