package org.impasto.core.weights;

import java.nio.ByteBuffer;

/** A source in memory, so that many damaged files can be tried quickly. It refuses any read outside its bytes. */
record MemoryBytes(String name, byte[] bytes) implements ByteSource {
    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void read(long position, ByteBuffer into) {
        into.put(bytes, Math.toIntExact(position), into.remaining());
    }

    @Override
    public ByteBuffer view(long position, int length) {
        return ByteBuffer.wrap(bytes, Math.toIntExact(position), length).slice().asReadOnlyBuffer();
    }

    @Override
    public void close() {}
}
