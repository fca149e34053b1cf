package org.impasto.core.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * What a codec is given to read: chosen ranges of a picture file between a literal beginning and a literal end. So a
 * codec sees the pixels' data and never a colour profile, a text or a malformed comment.
 */
final class SegmentInputStream extends ImageInputStreamImpl {
    private static final int BUFFER = 1 << 14;

    private final EncodedPicture file;
    private final byte[] head;
    private final byte[] tail;
    /** First byte of range i in the file. */
    private final long[] positions;
    /** First byte of range i in this stream; the last entry is where the tail begins. */
    private final long[] starts;

    private final byte[] buffer = new byte[BUFFER];
    private long bufferStart;
    private int bufferLength;

    private SegmentInputStream(EncodedPicture file, byte[] head, byte[] tail, long[] positions, long[] starts) {
        this.file = file;
        this.head = head;
        this.tail = tail;
        this.positions = positions;
        this.starts = starts;
    }

    /** Collects ranges of a file, joining neighbours. */
    static final class Ranges {
        private long[] positions = new long[16];
        private long[] lengths = new long[16];
        private int count;

        void add(long position, long length) {
            if (count > 0 && positions[count - 1] + lengths[count - 1] == position) {
                lengths[count - 1] += length;
                return;
            }
            if (count == positions.length) {
                positions = Arrays.copyOf(positions, 2 * count);
                lengths = Arrays.copyOf(lengths, 2 * count);
            }
            positions[count] = position;
            lengths[count++] = length;
        }

        SegmentInputStream open(EncodedPicture file, ByteArrayOutputStream head, byte[] tail) {
            long[] starts = new long[count + 1];
            starts[0] = head.size();
            for (int i = 0; i < count; i++) {
                starts[i + 1] = starts[i] + lengths[i];
            }
            return new SegmentInputStream(file, head.toByteArray(), tail, Arrays.copyOf(positions, count), starts);
        }
    }

    @Override
    public long length() {
        return starts[starts.length - 1] + tail.length;
    }

    @Override
    public int read() throws IOException {
        bitOffset = 0;
        if (!buffered()) {
            return -1;
        }
        return buffer[(int) (streamPos++ - bufferStart)] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        bitOffset = 0;
        if (count == 0) {
            return 0;
        }
        int done = 0;
        // As much as asked for, not only what the buffer holds: the JDK's JPEG header parser takes a short read for the
        // end of the file.
        while (done < count && buffered()) {
            int piece = (int) Math.min(count - done, bufferStart + bufferLength - streamPos);
            System.arraycopy(buffer, (int) (streamPos - bufferStart), target, offset + done, piece);
            streamPos += piece;
            done += piece;
        }
        return done == 0 ? -1 : done;
    }

    private boolean buffered() throws IOException {
        checkClosed();
        if (streamPos >= bufferStart && streamPos < bufferStart + bufferLength) {
            return true;
        }
        long position = streamPos;
        int filled = 0;
        while (filled < BUFFER) {
            int piece = copy(position + filled, filled);
            if (piece <= 0) {
                break;
            }
            filled += piece;
        }
        bufferStart = position;
        bufferLength = filled;
        return filled > 0;
    }

    private int copy(long position, int offset) throws IOException {
        int room = BUFFER - offset;
        long end = starts[starts.length - 1];
        if (position < head.length) {
            return literal(head, (int) position, offset, room);
        }
        if (position >= end) {
            return position - end < tail.length ? literal(tail, (int) (position - end), offset, room) : 0;
        }
        int found = Arrays.binarySearch(starts, position);
        int range = found >= 0 ? found : -found - 2;
        long within = position - starts[range];
        return file.read(positions[range] + within, buffer, offset, (int) Math.min(room, starts[range + 1] - position));
    }

    private int literal(byte[] bytes, int from, int offset, int room) {
        int piece = Math.min(room, bytes.length - from);
        System.arraycopy(bytes, from, buffer, offset, piece);
        return piece;
    }
}
