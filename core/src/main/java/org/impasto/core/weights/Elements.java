package org.impasto.core.weights;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.impasto.core.ElementType;

/** Elements of every stored type, turned into the types that are computed with. */
final class Elements {
    /** An unsigned number that a long cannot hold; the caller adds the tensor's name. */
    static final class OutOfRange extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OutOfRange(String message) {
            super(message);
        }
    }

    private Elements() {}

    static void decode(ByteBuffer stored, ElementType type, FloatBuffer into) {
        switch (type) {
            case FLOAT32 -> {
                into.put(stored.asFloatBuffer());
                stored.position(stored.limit());
            }
            case FLOAT16 -> {
                while (stored.hasRemaining()) {
                    into.put(HalfPrecision.fromFloat16(stored.getShort()));
                }
            }
            case BFLOAT16 -> {
                while (stored.hasRemaining()) {
                    into.put(HalfPrecision.fromBfloat16(stored.getShort()));
                }
            }
            case FLOAT64 -> {
                while (stored.hasRemaining()) {
                    into.put((float) stored.getDouble());
                }
            }
            case UINT64 -> {
                while (stored.hasRemaining()) {
                    into.put(unsignedToFloat(stored.getLong()));
                }
            }
            default -> {
                while (stored.hasRemaining()) {
                    into.put((float) integer(stored, type));
                }
            }
        }
    }

    static void decode(ByteBuffer stored, ElementType type, DoubleBuffer into) {
        switch (type) {
            case FLOAT64 -> {
                into.put(stored.asDoubleBuffer());
                stored.position(stored.limit());
            }
            case FLOAT32 -> {
                while (stored.hasRemaining()) {
                    into.put(stored.getFloat());
                }
            }
            case FLOAT16 -> {
                while (stored.hasRemaining()) {
                    into.put(HalfPrecision.fromFloat16(stored.getShort()));
                }
            }
            case BFLOAT16 -> {
                while (stored.hasRemaining()) {
                    into.put(HalfPrecision.fromBfloat16(stored.getShort()));
                }
            }
            case UINT64 -> {
                while (stored.hasRemaining()) {
                    into.put(unsignedToDouble(stored.getLong()));
                }
            }
            default -> {
                while (stored.hasRemaining()) {
                    into.put((double) integer(stored, type));
                }
            }
        }
    }

    /** Decodes integers and truth values; a caller has refused floating types. */
    static void decode(ByteBuffer stored, ElementType type, LongBuffer into) {
        while (stored.hasRemaining()) {
            long value = integer(stored, type);
            if (value < 0 && type == ElementType.UINT64) {
                throw new OutOfRange("holds " + Long.toUnsignedString(value) + ", more than 2^63-1");
            }
            into.put(value);
        }
    }

    private static long integer(ByteBuffer stored, ElementType type) {
        return switch (type) {
            case INT64, UINT64 -> stored.getLong();
            case INT32 -> stored.getInt();
            case UINT32 -> stored.getInt() & 0xffffffffL;
            case INT16 -> stored.getShort();
            case UINT16 -> stored.getShort() & 0xffff;
            case INT8 -> stored.get();
            case UINT8 -> stored.get() & 0xff;
            case BOOL -> stored.get() == 0 ? 0 : 1;
            default -> throw new IllegalArgumentException(type + " is no integer");
        };
    }

    // Halving with the lost bit kept sticky rounds once, as the conversion of the whole number would.
    private static float unsignedToFloat(long bits) {
        return bits >= 0 ? (float) bits : (float) (bits >>> 1 | bits & 1) * 2f;
    }

    private static double unsignedToDouble(long bits) {
        return bits >= 0 ? (double) bits : (double) (bits >>> 1 | bits & 1) * 2d;
    }
}
