package org.impasto.core.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.WeightException;

/**
 * Where the entries of a zip lie, so that they can be read in place. Entries must be stored, not compressed. Their names
 * are compared and never used as paths.
 */
final class ZipDirectory {
    private static final int MAX_ENTRIES = 100_000;
    private static final int MAX_BYTES = 64 << 20;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int END_64_LOCATOR = 0x07064b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int END_LENGTH = 22;
    private static final long IN_ZIP64 = 0xffffffffL;

    /** A stored entry: its bytes in the source. */
    record Entry(String name, long start, long size) {}

    private record Central(String name, int method, int flags, long size, long compressed, long header) {}

    private final ByteSource source;

    private ZipDirectory(ByteSource source) {
        this.source = source;
    }

    /** All entries by name, in the directory's order. */
    static Map<String, Entry> read(ByteSource source) {
        return new ZipDirectory(source).read();
    }

    private Map<String, Entry> read() {
        long end = findEnd();
        ByteBuffer record = bytes(end, END_LENGTH, "the zip's end record");
        long count = record.getShort(10) & 0xffff;
        long length = record.getInt(12) & IN_ZIP64;
        long start = record.getInt(16) & IN_ZIP64;
        long directoryEnd = end;
        if (record.getShort(4) != 0 && record.getShort(4) != -1) {
            throw error("is one part of a zip of several");
        }
        if (count == 0xffff || length == IN_ZIP64 || start == IN_ZIP64) {
            ByteBuffer locator = bytes(end - 20, 20, "the zip64 locator");
            if (locator.getInt(0) == END_64_LOCATOR) {
                directoryEnd = locator.getLong(8);
                ByteBuffer wide = bytes(directoryEnd, 56, "the zip64 end record");
                if (wide.getInt(0) != END_64 || directoryEnd > end - 76) {
                    throw error("the zip64 end record is missing");
                }
                count = wide.getLong(32);
                length = wide.getLong(40);
                start = wide.getLong(48);
            }
        }
        if (count < 0 || count > MAX_ENTRIES || length < 0 || length > MAX_BYTES) {
            throw error("the zip's directory has " + Long.toUnsignedString(count) + " entries in "
                    + Long.toUnsignedString(length) + " bytes, expected at most " + MAX_ENTRIES + " in " + MAX_BYTES);
        }
        if (start < 0 || start > directoryEnd - length) {
            throw error("the zip's directory is said to begin at byte " + Long.toUnsignedString(start) + " with "
                    + length + " bytes, and to end at " + directoryEnd);
        }
        return entries(new ByteCursor(source, start, start + length), (int) count, start);
    }

    private long findEnd() {
        int window = (int) Math.min(source.size(), END_LENGTH + 65535);
        long from = source.size() - window;
        ByteBuffer tail = bytes(from, window, "the zip's end");
        for (int at = window - END_LENGTH; at >= 0; at--) {
            if (tail.getInt(at) == END && at + END_LENGTH + (tail.getShort(at + 20) & 0xffff) == window) {
                return from + at;
            }
        }
        throw error("begins as a zip but has no end record; the file is cut off");
    }

    private Map<String, Entry> entries(ByteCursor cursor, int count, long directoryStart) {
        List<Central> listed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            listed.add(central(cursor));
        }
        if (cursor.remaining() != 0) {
            throw error("the zip's directory has more entries than the " + count + " it states");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Central central : listed) {
            if (entries.put(central.name, locate(central, directoryStart)) != null) {
                throw error("the zip holds two entries " + WeightTable.quote(central.name));
            }
        }
        List<Entry> sorted = new ArrayList<>(entries.values());
        sorted.sort(Comparator.comparingLong(Entry::start).thenComparingLong(Entry::size));
        for (int i = 1; i < sorted.size(); i++) {
            Entry before = sorted.get(i - 1);
            if (before.start + before.size > sorted.get(i).start) {
                throw error("the zip's entries " + WeightTable.quote(before.name) + " and "
                        + WeightTable.quote(sorted.get(i).name) + " overlap");
            }
        }
        return entries;
    }

    private Central central(ByteCursor cursor) {
        if (cursor.int32() != CENTRAL) {
            throw cursor.error("expected an entry of the zip's directory");
        }
        cursor.skip(4, "versions");
        int flags = cursor.unsignedShort();
        int method = cursor.unsignedShort();
        cursor.skip(8, "time and checksum");
        long compressed = cursor.unsignedInt();
        long size = cursor.unsignedInt();
        int nameLength = cursor.unsignedShort();
        int extraLength = cursor.unsignedShort();
        int commentLength = cursor.unsignedShort();
        cursor.skip(8, "disk and attributes");
        long header = cursor.unsignedInt();
        String name = cursor.text(nameLength, 0xffff, StandardCharsets.UTF_8, "an entry's name");
        ByteBuffer extra = ByteBuffer.wrap(cursor.bytes(extraLength, 0xffff, "an entry's extra field"))
                .order(ByteOrder.LITTLE_ENDIAN);
        cursor.skip(commentLength, "an entry's comment");
        while (extra.remaining() >= 4) {
            int id = extra.getShort() & 0xffff;
            int length = extra.getShort() & 0xffff;
            if (length > extra.remaining()) {
                throw error("the extra field of " + WeightTable.quote(name) + " is cut off");
            }
            ByteBuffer field = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
            extra.position(extra.position() + length);
            if (id == 1) {
                size = size == IN_ZIP64 ? wide(field, name) : size;
                compressed = compressed == IN_ZIP64 ? wide(field, name) : compressed;
                header = header == IN_ZIP64 ? wide(field, name) : header;
            }
        }
        return new Central(name, method, flags, size, compressed, header);
    }

    private long wide(ByteBuffer field, String name) {
        if (field.remaining() < 8) {
            throw error("the zip64 field of " + WeightTable.quote(name) + " is too short");
        }
        return field.getLong();
    }

    private Entry locate(Central central, long directoryStart) {
        String where = "the zip's entry " + WeightTable.quote(central.name);
        if (central.method != 0) {
            throw error(where + " is compressed (method " + central.method
                    + "), expected stored; torch.save and numpy.savez store");
        }
        if ((central.flags & 1) != 0) {
            throw error(where + " is encrypted");
        }
        if (central.size < 0 || central.size != central.compressed) {
            throw error(where + " states " + central.size + " bytes, stored as " + central.compressed);
        }
        if (central.header < 0 || central.header > directoryStart - 30) {
            throw error(where + " is said to be at byte " + central.header + ", outside the zip's data");
        }
        ByteBuffer local = bytes(central.header, 30, where);
        byte[] name = central.name.getBytes(StandardCharsets.UTF_8);
        if (local.getInt(0) != LOCAL
                || (local.getShort(8) & 0xffff) != central.method
                || (local.getShort(26) & 0xffff) != name.length) {
            throw error(where + " does not match what stands at byte " + central.header);
        }
        long start = central.header + 30 + name.length + (local.getShort(28) & 0xffff);
        if (start > directoryStart || central.size > directoryStart - start) {
            throw error(where + " of " + central.size + " bytes reaches beyond the zip's data");
        }
        ByteBuffer localName = bytes(central.header + 30, name.length, where);
        if (!localName.equals(ByteBuffer.wrap(name))) {
            throw error(where + " has another name at byte " + central.header);
        }
        return new Entry(central.name, start, central.size);
    }

    private ByteBuffer bytes(long position, int length, String what) {
        if (position < 0 || position > source.size() - length) {
            throw error(what + " is outside the file");
        }
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        source.read(position, bytes);
        return bytes.flip();
    }

    private WeightException error(String message) {
        return new WeightException(source.name() + ": " + message);
    }
}
