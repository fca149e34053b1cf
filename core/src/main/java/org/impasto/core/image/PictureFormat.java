package org.impasto.core.image;

import java.io.IOException;
import java.util.Arrays;
import org.impasto.core.ImageException;
import org.jspecify.annotations.Nullable;

/** The kinds of picture file, told apart by their first bytes. */
enum PictureFormat {
    PNG,
    JPEG;

    /** The format of a file that begins so, or null. */
    static @Nullable PictureFormat of(byte[] head) {
        byte[] signature = PngReader.SIGNATURE;
        if (head.length >= signature.length
                && Arrays.equals(head, 0, signature.length, signature, 0, signature.length)) {
            return PNG;
        }
        return head.length >= 2 && head[0] == (byte) 0xff && head[1] == (byte) 0xd8 ? JPEG : null;
    }

    static Image read(EncodedPicture file, ReadOptions options) throws IOException {
        byte[] head = file.bytes(0, (int) Math.min(8, file.length()));
        PictureFormat format = of(head);
        if (format == null) {
            StringBuilder found = new StringBuilder();
            for (byte value : head) {
                found.append(String.format(" %02x", value));
            }
            throw new ImageException(file.name() + ": expected a PNG or JPEG picture, found "
                    + (head.length == 0 ? "no bytes" : "a file that begins with" + found));
        }
        return format == PNG ? PngReader.read(file, options) : JpegReader.read(file, options);
    }
}
