package org.impasto.testing;

import java.util.Random;
import org.impasto.core.Backend;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;

/**
 * What a test gives to an operation: a shape, a type, and the kind of values.
 *
 * @param spec FLOAT32, FLOAT64 or INT64
 */
public record Operand(Spec spec, Kind kind) {
    /** Kinds of seeded values. */
    public enum Kind {
        /** Normal numbers. */
        NORMAL,
        /** From 0.5 to 2. */
        POSITIVE,
        /** Normal numbers whose absolute value is at least 0.2. */
        NONZERO,
        /** A symmetric matrix of normal numbers. */
        SYMMETRIC,
        /** Whole numbers from 0 to 2, as INT64. */
        INDEX,
        /** NaN, infinities, zeros of both signs, denormal, smallest and largest numbers, and ordinary ones between. */
        SPECIAL,
        /** Matrices of normal numbers whose diagonal outweighs the rest of its row. */
        DOMINANT,
        /** Symmetric matrices of normal numbers whose diagonal outweighs the rest of its row. */
        POSITIVE_DEFINITE
    }

    /** Normal numbers in float32. */
    public static Operand normal(long... sizes) {
        return new Operand(Spec.float32(sizes), Kind.NORMAL);
    }

    /** Numbers from 0.5 to 2 in float32. */
    public static Operand positive(long... sizes) {
        return new Operand(Spec.float32(sizes), Kind.POSITIVE);
    }

    /** Numbers away from 0 in float32. */
    public static Operand nonzero(long... sizes) {
        return new Operand(Spec.float32(sizes), Kind.NONZERO);
    }

    /** Whole numbers from 0 to 2, as INT64. */
    public static Operand index(long... sizes) {
        return new Operand(new Spec(Shape.of(sizes), ElementType.INT64), Kind.INDEX);
    }

    /** What is special about floating types, and ordinary numbers, in float32. */
    public static Operand special(long... sizes) {
        return new Operand(Spec.float32(sizes), Kind.SPECIAL);
    }

    /** This operand with another element type; indices keep theirs. */
    public Operand as(ElementType type) {
        return kind == Kind.INDEX ? this : new Operand(new Spec(spec.shape(), type), kind);
    }

    /** The values as a tensor of a backend, the same for each backend; float32 values are exact. */
    public Tensor tensor(Backend backend, long seed) {
        double[] values = values(seed);
        if (spec.type() == ElementType.FLOAT64) {
            return Tensor.ofDoubles(backend, spec.shape(), values);
        }
        if (spec.type() == ElementType.INT64) {
            long[] longs = new long[values.length];
            for (int i = 0; i < longs.length; i++) {
                longs[i] = Math.round(kind == Kind.INDEX ? values[i] : values[i] * 100);
            }
            return Tensor.ofLongs(backend, spec.shape(), longs);
        }
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.of(backend, spec.shape(), floats);
    }

    private double special(int which, double ordinary) {
        boolean wide = spec.type() == ElementType.FLOAT64;
        return switch (which) {
            case 0 -> Double.NaN;
            case 1 -> Double.POSITIVE_INFINITY;
            case 2 -> Double.NEGATIVE_INFINITY;
            case 3 -> 0.0;
            case 4 -> -0.0;
            case 5 -> wide ? Double.MIN_VALUE : Float.MIN_VALUE;
            case 6 -> wide ? -Double.MIN_VALUE : -Float.MIN_VALUE;
            case 7 -> wide ? Double.MIN_NORMAL / 3 : (float) (Float.MIN_NORMAL / 3.0);
            case 8 -> wide ? Double.MAX_VALUE : Float.MAX_VALUE;
            case 9 -> wide ? -Double.MAX_VALUE : -Float.MAX_VALUE;
            case 10 -> 1;
            case 11 -> -1;
            default -> ordinary;
        };
    }

    private double[] values(long seed) {
        Random random = new Random(seed);
        double[] values = new double[Math.toIntExact(spec.shape().elements())];
        for (int i = 0; i < values.length; i++) {
            double normal = random.nextGaussian();
            values[i] = switch (kind) {
                case NORMAL, SYMMETRIC, DOMINANT, POSITIVE_DEFINITE -> normal;
                case POSITIVE -> 0.5 + 1.5 * random.nextDouble();
                case NONZERO -> normal + Math.copySign(0.2, normal);
                case INDEX -> random.nextInt(3);
                case SPECIAL -> special(random.nextInt(16), normal);
            };
        }
        if (kind == Kind.SYMMETRIC || kind == Kind.DOMINANT || kind == Kind.POSITIVE_DEFINITE) {
            shapeMatrices(values);
        }
        return values;
    }

    private void shapeMatrices(double[] values) {
        int n = spec.shape().intSize(-1);
        for (int start = 0; start < values.length; start += n * n) {
            for (int row = 0; row < n; row++) {
                for (int column = 0; column < row && kind != Kind.DOMINANT; column++) {
                    values[start + column * n + row] = values[start + row * n + column];
                }
                if (kind != Kind.SYMMETRIC) {
                    values[start + row * (n + 1)] += n + 4; // a row's absolute values add up to 0.8 n on average
                }
            }
        }
    }
}
