package org.impasto.core.weights;

import java.nio.ByteBuffer;

/** Bytes that can be read at any position, by several threads at once. */
interface ByteSource extends AutoCloseable {
    /** What messages call these bytes: the file's path. */
    String name();

    /** Number of bytes. */
    long size();

    /** Fills the buffer's remaining room from a position; the bytes asked for must all exist. */
    void read(long position, ByteBuffer into);

    /** A read-only window that is paged in when looked at. */
    ByteBuffer view(long position, int length);

    @Override
    void close();
}
