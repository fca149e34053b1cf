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
import java.util.Objects;
import org.impasto.core.ImageException;
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

    /** Reads a stream to its end; one that cannot be a picture, or is longer than any allowed one, only so far. */
    static EncodedPicture of(InputStream stream, ReadOptions options) throws IOException {
        String name = "picture from a stream";
        byte[] head = stream.readNBytes(HELD_IN_MEMORY);
        if (head.length < HELD_IN_MEMORY || PictureFormat.of(head) == null) {
            return of(head, name);
        }
        long longest = longestAllowed(options);
        Path temporary = Files.createTempFile("picture", ".tmp");
        try {
            try (OutputStream out = Files.newOutputStream(temporary)) {
                out.write(head);
                long length = head.length;
                byte[] piece = new byte[1 << 14];
                for (int count = stream.read(piece); count >= 0; count = stream.read(piece)) {
                    length += count;
                    if (length > longest) {
                        throw new ImageException(name + ": it is longer than " + longest + " bytes, what a picture of "
                                + options.maximumPixels() + " pixels can take, the limit");
                    }
                    out.write(piece, 0, count);
                }
            }
            SeekableByteChannel channel = Files.newByteChannel(temporary);
            return new EncodedPicture(name, channel.size(), null, channel, temporary);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** Eight bytes a pixel, what 16-bit RGB with alpha takes uncompressed, and room for the rest of a file. */
    private static long longestAllowed(ReadOptions options) {
        return 8 * Math.min(options.maximumPixels(), DeclaredSize.MOST_PIXELS) + (64 << 20);
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
        SeekableByteChannel open = Objects.requireNonNull(channel);
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
