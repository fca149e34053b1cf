package org.impasto.core.image;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The bytes of a picture file, read at any position; a name says in errors where they come from. */
final class EncodedPicture implements Closeable {
    /** A longer stream waits in a temporary file, so that it does not add to the heap that the picture takes. */
    private static final int HELD_IN_MEMORY = 1 << 20;

    private final String name;
    private final long length;
    private final byte @Nullable [] bytes;
    private final @Nullable SeekableByteChannel channel;
    private final @Nullable Path temporary;

    private EncodedPicture(
            String name,
            long length,
            byte @Nullable [] bytes,
            @Nullable SeekableByteChannel channel,
            @Nullable Path temporary) {
        this.name = name;
        this.length = length;
        this.bytes = bytes;
        this.channel = channel;
        this.temporary = temporary;
    }

    static EncodedPicture of(byte[] bytes) {
        return of(bytes, "picture of " + bytes.length + " bytes");
    }

    private static EncodedPicture of(byte[] bytes, String name) {
        return new EncodedPicture(name, bytes.length, bytes, null, null);
    }

    static EncodedPicture of(Path path) throws IOException {
        SeekableByteChannel channel = Files.newByteChannel(path);
        try {
            return new EncodedPicture(path.toString(), channel.size(), null, channel, null);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    static EncodedPicture of(InputStream stream) throws IOException {
        byte[] head = stream.readNBytes(HELD_IN_MEMORY);
        if (head.length < HELD_IN_MEMORY) {
            return of(head, "picture from a stream");
        }
        Path temporary = Files.createTempFile("picture", ".tmp");
        try {
            try (OutputStream out = Files.newOutputStream(temporary)) {
                out.write(head);
                stream.transferTo(out);
            }
            SeekableByteChannel channel = Files.newByteChannel(temporary);
            return new EncodedPicture("picture from a stream", channel.size(), null, channel, temporary);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    String name() {
        return name;
    }

    long length() {
        return length;
    }

    /** Reads up to {@code count} bytes from {@code position} on; fewer only where the file ends. */
    int read(long position, byte[] target, int offset, int count) throws IOException {
        int available = (int) Math.max(0, Math.min(count, length - position));
        if (bytes != null) {
            System.arraycopy(bytes, (int) Math.min(position, length), target, offset, available);
            return available;
        }
        SeekableByteChannel open = java.util.Objects.requireNonNull(channel);
        open.position(position);
        ByteBuffer buffer = ByteBuffer.wrap(target, offset, available);
        while (buffer.hasRemaining()) {
            if (open.read(buffer) < 0) {
                break;
            }
        }
        return available - buffer.remaining();
    }

    /** Exactly {@code count} bytes from {@code position} on. */
    byte[] bytes(long position, int count) throws IOException {
        if (position < 0 || position + count > length) {
            throw new EOFException("the file ends at byte " + length);
        }
        byte[] result = new byte[count];
        if (read(position, result, 0, count) < count) {
            throw new EOFException("the file became shorter while it was read");
        }
        return result;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
        if (temporary != null) {
            Files.deleteIfExists(temporary);
        }
    }
}
