package org.impasto.core.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import org.impasto.core.WeightException;

/** Little-endian numbers and text read one after the other from a stretch of a source. */
final class ByteCursor {
    private static final int WINDOW = 8192;

    private final ByteSource source;
    private final long end;
    private final ByteBuffer window;
    private long windowStart;

    ByteCursor(ByteSource source, long start, long end) {
        this.source = source;
        this.end = end;
        this.windowStart = start;
        this.window = ByteBuffer.allocate((int) Math.max(0, Math.min(WINDOW, end - start)))
                .order(ByteOrder.LITTLE_ENDIAN);
        window.limit(0);
    }

    long position() {
        return windowStart + window.position();
    }

    long remaining() {
        return end - position();
    }

    int unsignedByte() {
        return need(1, "a byte").get() & 0xff;
    }

    int unsignedShort() {
        return need(2, "a 16-bit number").getShort() & 0xffff;
    }

    int int32() {
        return need(4, "a 32-bit number").getInt();
    }

    long unsignedInt() {
        return int32() & 0xffffffffL;
    }

    long int64() {
        return need(8, "a 64-bit number").getLong();
    }

    double bigEndianDouble() {
        return Double.longBitsToDouble(Long.reverseBytes(int64()));
    }

    /** Bytes of a length that the file states; checked against what is left before they are allocated. */
    byte[] bytes(long length, long limit, String what) {
        if (length < 0 || length > limit) {
            throw error(what + " is " + Long.toUnsignedString(length) + " bytes long, expected at most " + limit);
        }
        if (length > remaining()) {
            throw error(what + " is " + length + " bytes long, but only " + remaining() + " bytes are left");
        }
        byte[] bytes = new byte[(int) length];
        int buffered = Math.min(bytes.length, window.remaining());
        window.get(bytes, 0, buffered);
        if (buffered < bytes.length) {
            long from = position();
            source.read(from, ByteBuffer.wrap(bytes, buffered, bytes.length - buffered));
            windowStart = from + bytes.length - buffered;
            window.position(0).limit(0);
        }
        return bytes;
    }

    String text(long length, long limit, Charset charset, String what) {
        return decode(bytes(length, limit, what), charset, what);
    }

    /** Text up to the next newline, which is consumed. */
    String line(int limit, String what) {
        byte[] line = new byte[limit];
        int length = 0;
        for (int next = unsignedByte(); next != '\n'; next = unsignedByte()) {
            if (length == limit) {
                throw error(what + " is longer than " + limit + " bytes");
            }
            line[length++] = (byte) next;
        }
        return decode(java.util.Arrays.copyOf(line, length), java.nio.charset.StandardCharsets.UTF_8, what);
    }

    void skip(long length, String what) {
        if (length < 0 || length > remaining()) {
            throw error(what + " is " + Long.toUnsignedString(length) + " bytes long, but only " + remaining()
                    + " bytes are left");
        }
        windowStart = position() + length;
        window.position(0).limit(0);
    }

    WeightException error(String message) {
        return new WeightException(source.name() + ", byte " + position() + ": " + message);
    }

    private String decode(byte[] bytes, Charset charset, String what) {
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new WeightException(
                    source.name() + ", byte " + position() + ": " + what + " is not valid " + charset, malformed);
        }
    }

    private ByteBuffer need(int count, String what) {
        if (window.remaining() < count) {
            long from = position();
            if (end - from < count) {
                throw error("expected " + what + ", found the end after " + (end - from) + " bytes");
            }
            window.position(0).limit((int) Math.min(window.capacity(), end - from));
            source.read(from, window);
            window.flip();
            windowStart = from;
        }
        return window;
    }
}
