package org.impasto.kernels.internal.elementwise;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The width of the vectors of this process, read once; loaded only by the vector provider. */
public final class VectorShapes {
    private static final VectorShape SHAPE = choose();

    /** Vectors of float32. */
    public static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_64.withShape(SHAPE);

    /** Vectors of float64. */
    public static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_64.withShape(SHAPE);

    private VectorShapes() {}

    private static VectorShape choose() {
        int preferred = Math.min(512, Integer.highestOneBit(FloatVector.SPECIES_PREFERRED.vectorBitSize()));
        return VectorShape.forBitSize(Integer.getInteger("impasto.vector.bits", preferred));
    }
}
