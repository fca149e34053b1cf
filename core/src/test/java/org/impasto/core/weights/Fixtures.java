package org.impasto.core.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/** Small valid files of every format, written byte by byte, and the parts to build damaged ones. */
final class Fixtures {
    static final float[] WEIGHT = {1, -2, 3.5f, 0.25f, 1e-20f, 6};

    private Fixtures() {}

    static WeightFile open(byte[] bytes) {
        ByteSource source = new MemoryBytes("fixture", bytes);
        return new WeightFile(Path.of("fixture"), FileFormat.read(source), List.of(source));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    static byte[] int64(long... values) {
        ByteBuffer buffer = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asLongBuffer().put(values);
        return buffer.array();
    }

    static byte[] int32(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asIntBuffer().put(values);
        return buffer.array();
    }

    static byte[] floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return buffer.array();
    }

    static byte[] safetensors(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return join(int64(text.length), text, data);
    }

    static byte[] safetensors() {
        return safetensors(
                "{\"__metadata__\":{\"what\":\"a fixture\"},"
                        + "\"weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                        + "\"count\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[24,32]},"
                        + "\"none\":{\"dtype\":\"F16\",\"shape\":[0,4],\"data_offsets\":[32,32]},"
                        + "\"mask\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[32,34]}}  ",
                join(floats(WEIGHT), int64(7), new byte[] {0, 1}));
    }

    static byte[] npy(String header, byte[] data) {
        byte[] text =
                (header + " ".repeat(63 - (10 + header.length()) % 64) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)};
        return join(start, text, data);
    }

    static byte[] npy() {
        return npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", floats(WEIGHT));
    }

    static byte[] npz() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("weight.npy", npy());
        entries.put("b/bias.npy", npy("{'descr': '<i8', 'fortran_order': False, 'shape': (), }", int64(9)));
        return zip(entries);
    }

    /** A zip of stored entries. */
    static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        entries.forEach((name, content) -> {
            directory.writeBytes(central(name, content, data.size()));
            data.writeBytes(local(name, content));
        });
        return join(data.toByteArray(), directory.toByteArray(), zipEnd(entries.size(), directory.size(), data.size()));
    }

    static byte[] local(String name, byte[] content) {
        return join(common(0x04034b50, false, name, content), name.getBytes(StandardCharsets.UTF_8), content);
    }

    static byte[] central(String name, byte[] content, int header) {
        return join(
                common(0x02014b50, true, name, content),
                new byte[10],
                int32(header),
                name.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] common(int signature, boolean central, String name, byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        ByteBuffer header = ByteBuffer.allocate(central ? 32 : 30).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(signature);
        if (central) {
            header.putShort((short) 20);
        }
        header.putShort((short) 20).putShort((short) 0x800).putShort((short) 0).putInt(0);
        header.putInt((int) crc.getValue()).putInt(content.length).putInt(content.length);
        header.putShort((short) name.getBytes(StandardCharsets.UTF_8).length).putShort((short) 0);
        return header.array();
    }

    static byte[] zipEnd(int entries, int directoryBytes, int directoryStart) {
        ByteBuffer end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
        end.putInt(0x06054b50).putInt(0).putShort((short) entries).putShort((short) entries);
        end.putInt(directoryBytes).putInt(directoryStart).putShort((short) 0);
        return end.array();
    }

    /** A PyTorch zip around a pickle, with one storage "0". */
    static byte[] torchZip(byte[] pickle, byte[] storage) {
        return torchZip(pickle, storage, "little");
    }

    static byte[] torchZip(byte[] pickle, byte[] storage, String byteOrder) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("model/data.pkl", pickle);
        entries.put("model/byteorder", byteOrder.getBytes(StandardCharsets.US_ASCII));
        entries.put("model/data/0", storage);
        entries.put("model/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        return zip(entries);
    }

    static byte[] torchZip() {
        return torchZip(checkpoint(), floats(WEIGHT));
    }

    /** A PyTorch file of the older form around a pickle, with one storage "0". */
    static byte[] legacy(byte[] pickle, byte[] storage) {
        return join(
                legacyHead(true),
                pickle,
                new Pickle().list().text("0").append().stop(),
                int64(storage.length / 4),
                storage);
    }

    static byte[] legacyHead(boolean littleEndian) {
        byte[] magic = {
            (byte) 0x80,
            2,
            (byte) 0x8a,
            10,
            0x6c,
            (byte) 0xfc,
            (byte) 0x9c,
            0x46,
            (byte) 0xf9,
            0x20,
            0x6a,
            (byte) 0xa8,
            0x50,
            0x19,
            '.'
        };
        return join(
                magic,
                new Pickle().number(1001).stop(),
                new Pickle()
                        .dictionary()
                        .text("little_endian")
                        .truth(littleEndian)
                        .setItem()
                        .stop());
    }

    static byte[] legacy() {
        return legacy(checkpoint(), floats(WEIGHT));
    }

    /** A checkpoint with a nested state dict, a transposed view of the same storage, and plain values. */
    static byte[] checkpoint() {
        return new Pickle()
                .dictionary()
                .mark()
                .text("state_dict")
                .orderedDictionary()
                .mark()
                .text("conv.weight")
                .tensor(6, 0, List.of(2L, 3L), List.of(3L, 1L))
                .text("conv.turned")
                .tensor(6, 0, List.of(3L, 2L), List.of(1L, 3L))
                .text("last")
                .tensor(6, 5, List.of(), List.of())
                .setItems()
                .text("epoch")
                .put(9)
                .number(3)
                .text("rates")
                .list()
                .mark()
                .real(0.5)
                .real(0.25)
                .appends()
                .text("name")
                .get(9)
                .setItems()
                .stop();
    }
}
