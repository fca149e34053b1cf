package org.impasto.core.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.impasto.core.WeightException;

/** The kinds of weight file, told apart by their first bytes. */
enum FileFormat {
    SAFETENSORS,
    ZIP,
    LEGACY_PYTORCH,
    NPY,
    SHARD_INDEX;

    static FileFormat recognise(ByteSource source) {
        byte[] head = new byte[(int) Math.min(16, source.size())];
        source.read(0, ByteBuffer.wrap(head));
        // First, because the length of a header may have the bytes that another format begins with: 640 is 80 02.
        boolean braceAfterLength = head.length > 8 && head[8] == '{';
        if (braceAfterLength) {
            long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
            if (length >= 0 && length <= Safetensors.MAX_HEADER) {
                return SAFETENSORS;
            }
        }
        if (startsWith(head, 'P', 'K', 3, 4) || startsWith(head, 'P', 'K', 5, 6)) {
            return ZIP;
        }
        if (startsWith(head, 0x93, 'N', 'U', 'M', 'P', 'Y')) {
            return NPY;
        }
        if (startsWith(head, 0x80) && head.length > 1 && head[1] >= 2 && head[1] <= 5) {
            return LEGACY_PYTORCH;
        }
        if (new String(head, java.nio.charset.StandardCharsets.ISO_8859_1)
                .strip()
                .startsWith("{")) {
            return SHARD_INDEX;
        }
        // Not valid, but meant as safetensors: its reader says best what is wrong.
        if (braceAfterLength || source.name().endsWith(".safetensors")) {
            return SAFETENSORS;
        }
        throw new WeightException(source.name() + ": not a weight file; expected safetensors, PyTorch, npy, npz or an"
                + " index of shards, found " + source.size() + " bytes that begin with "
                + java.util.HexFormat.of().formatHex(head));
    }

    /** Reads any file that stands for itself; an index of shards does not. */
    static WeightTable read(ByteSource source) {
        return switch (recognise(source)) {
            case SAFETENSORS -> Safetensors.read(source);
            case ZIP -> ZipWeights.read(source);
            case LEGACY_PYTORCH -> LegacyPyTorch.read(source);
            case NPY -> Npy.read(source);
            case SHARD_INDEX ->
                throw new WeightException(source.name() + ": expected a file of tensors, found a JSON file");
        };
    }

    private static boolean startsWith(byte[] head, int... prefix) {
        if (head.length < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if ((head[i] & 0xff) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
