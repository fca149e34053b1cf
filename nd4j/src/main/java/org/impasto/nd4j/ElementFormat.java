package org.impasto.nd4j;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import org.impasto.core.ElementType;
import org.impasto.core.weights.HalfPrecision;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/** An element type of ND4J, the type of tensor that it becomes, and how rows of it are read. */
enum ElementFormat {
    FLOAT(DataType.FLOAT, 4, ElementType.FLOAT32),
    DOUBLE(DataType.DOUBLE, 8, ElementType.FLOAT64),
    FLOAT16(DataType.FLOAT16, 2, ElementType.FLOAT32),
    BFLOAT16(DataType.BFLOAT16, 2, ElementType.FLOAT32),
    INT64(DataType.INT64, 8, ElementType.INT64),
    INT32(DataType.INT32, 4, ElementType.INT64),
    INT16(DataType.INT16, 2, ElementType.INT64),
    INT8(DataType.INT8, 1, ElementType.INT64),
    UINT32(DataType.UINT32, 4, ElementType.INT64),
    UINT16(DataType.UINT16, 2, ElementType.INT64),
    UINT8(DataType.UINT8, 1, ElementType.INT64),
    BOOL(DataType.BOOL, 1, ElementType.INT64);

    private final DataType dataType;
    private final int bytes;
    private final ElementType tensorType;

    ElementFormat(DataType dataType, int bytes, ElementType tensorType) {
        this.dataType = dataType;
        this.bytes = bytes;
        this.tensorType = tensorType;
    }

    /** The format of a type of ND4J; null for those without one (text, 64-bit unsigned, compressed). */
    static @Nullable ElementFormat of(DataType dataType) {
        for (ElementFormat format : values()) {
            if (format.dataType == dataType) {
                return format;
            }
        }
        return null;
    }

    String dataTypeName() {
        return dataType.name();
    }

    int bytes() {
        return bytes;
    }

    ElementType tensorType() {
        return tensorType;
    }

    /** Whether the bytes are those of a tensor's values, so that a buffer of them can be handed to a backend. */
    boolean isTensorFormat() {
        return this == FLOAT || this == DOUBLE || this == INT64;
    }

    /** Reads cells of a floating format of at most 32 bits. */
    RowCopy reader(ByteBuffer window, float[] values) {
        if (this == FLOAT) {
            FloatBuffer cells = window.asFloatBuffer();
            return (cell, cellStep, value, valueStep, count) -> {
                if (cellStep == 1 && valueStep == 1) {
                    cells.get(cell, values, value, count);
                    return;
                }
                for (int k = 0; k < count; k++) {
                    values[value + k * valueStep] = cells.get(cell + k * cellStep);
                }
            };
        }
        ShortBuffer cells = window.asShortBuffer();
        if (this == FLOAT16) {
            return (cell, cellStep, value, valueStep, count) -> {
                for (int k = 0; k < count; k++) {
                    values[value + k * valueStep] = HalfPrecision.fromFloat16(cells.get(cell + k * cellStep));
                }
            };
        }
        return (cell, cellStep, value, valueStep, count) -> {
            for (int k = 0; k < count; k++) {
                values[value + k * valueStep] = HalfPrecision.fromBfloat16(cells.get(cell + k * cellStep));
            }
        };
    }

    /** Reads cells of 64-bit floats. */
    static RowCopy reader(ByteBuffer window, double[] values) {
        DoubleBuffer cells = window.asDoubleBuffer();
        return (cell, cellStep, value, valueStep, count) -> {
            if (cellStep == 1 && valueStep == 1) {
                cells.get(cell, values, value, count);
                return;
            }
            for (int k = 0; k < count; k++) {
                values[value + k * valueStep] = cells.get(cell + k * cellStep);
            }
        };
    }

    /** Reads cells of an integer format. */
    RowCopy reader(ByteBuffer window, long[] values) {
        LongBuffer longs = window.asLongBuffer();
        IntBuffer ints = window.asIntBuffer();
        ShortBuffer shorts = window.asShortBuffer();
        Cells cells = switch (this) {
            case INT64 -> longs::get;
            case INT32 -> ints::get;
            case INT16 -> shorts::get;
            case INT8 -> window::get;
            case UINT32 -> cell -> Integer.toUnsignedLong(ints.get(cell));
            case UINT16 -> cell -> Short.toUnsignedLong(shorts.get(cell));
            case UINT8 -> cell -> Byte.toUnsignedLong(window.get(cell));
            case BOOL -> cell -> window.get(cell) == 0 ? 0 : 1;
            default -> throw new IllegalStateException(this + " is not an integer format");
        };
        return (cell, cellStep, value, valueStep, count) -> {
            for (int k = 0; k < count; k++) {
                values[value + k * valueStep] = cells.get(cell + k * cellStep);
            }
        };
    }

    /** One cell at a time: indices and masks are small, so the call for each does not matter. */
    @FunctionalInterface
    private interface Cells {
        long get(int cell);
    }

    /** Writes cells of 32-bit floats. */
    static RowCopy writer(float[] values, ByteBuffer window) {
        FloatBuffer cells = window.asFloatBuffer();
        return (cell, cellStep, value, valueStep, count) -> {
            if (cellStep == 1 && valueStep == 1) {
                cells.put(cell, values, value, count);
                return;
            }
            for (int k = 0; k < count; k++) {
                cells.put(cell + k * cellStep, values[value + k * valueStep]);
            }
        };
    }

    /** Writes cells of 64-bit floats. */
    static RowCopy writer(double[] values, ByteBuffer window) {
        DoubleBuffer cells = window.asDoubleBuffer();
        return (cell, cellStep, value, valueStep, count) -> {
            if (cellStep == 1 && valueStep == 1) {
                cells.put(cell, values, value, count);
                return;
            }
            for (int k = 0; k < count; k++) {
                cells.put(cell + k * cellStep, values[value + k * valueStep]);
            }
        };
    }

    /** Writes cells of 64-bit integers. */
    static RowCopy writer(long[] values, ByteBuffer window) {
        LongBuffer cells = window.asLongBuffer();
        return (cell, cellStep, value, valueStep, count) -> {
            for (int k = 0; k < count; k++) {
                cells.put(cell + k * cellStep, values[value + k * valueStep]);
            }
        };
    }
}
