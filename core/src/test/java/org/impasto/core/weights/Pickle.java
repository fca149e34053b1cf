package org.impasto.core.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes pickles opcode by opcode, valid or not. */
final class Pickle {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Pickle() {
        op(0x80, 2);
    }

    Pickle op(int... codes) {
        for (int code : codes) {
            bytes.write(code);
        }
        return this;
    }

    Pickle raw(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    /** An opcode of protocol 0, with its lines. */
    Pickle line(String text) {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    Pickle none() {
        return op('N');
    }

    Pickle truth(boolean value) {
        return op(value ? 0x88 : 0x89);
    }

    Pickle number(long value) {
        if (value >= 0 && value < 256) {
            return op('K', (int) value);
        }
        return op(0x8a, 8).raw(Fixtures.int64(value));
    }

    Pickle real(double value) {
        return op('G').raw(ByteBuffer.allocate(8).putDouble(value).array());
    }

    Pickle text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return op('X').raw(Fixtures.int32(utf8.length)).raw(utf8);
    }

    Pickle mark() {
        return op('(');
    }

    Pickle list() {
        return op(']');
    }

    Pickle append() {
        return op('a');
    }

    Pickle appends() {
        return op('e');
    }

    Pickle dictionary() {
        return op('}');
    }

    Pickle setItem() {
        return op('s');
    }

    Pickle setItems() {
        return op('u');
    }

    Pickle put(int index) {
        return op('q', index);
    }

    Pickle get(int index) {
        return op('h', index);
    }

    Pickle longPut(int index) {
        return op('r').raw(Fixtures.int32(index));
    }

    Pickle global(String module, String name) {
        return op('c').raw((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    }

    Pickle reduce() {
        return op('R');
    }

    Pickle orderedDictionary() {
        return global("collections", "OrderedDict").op(')').reduce();
    }

    Pickle numbers(List<Long> values) {
        mark();
        values.forEach(this::number);
        return op('t');
    }

    Pickle storage(String type, long elements) {
        return mark().text("storage")
                .global("torch", type)
                .text("0")
                .text("cpu")
                .number(elements)
                .op('t')
                .op('Q');
    }

    /** A float32 view of storage "0". */
    Pickle tensor(long storageElements, long offset, List<Long> sizes, List<Long> strides) {
        return global("torch._utils", "_rebuild_tensor_v2")
                .mark()
                .storage("FloatStorage", storageElements)
                .number(offset)
                .numbers(sizes)
                .numbers(strides)
                .truth(false)
                .orderedDictionary()
                .op('t')
                .reduce();
    }

    byte[] stop() {
        op('.');
        return bytes.toByteArray();
    }
}
