package org.impasto.core.image;

import java.io.IOException;
import java.util.Arrays;
import org.impasto.core.ImageException;

/** Which reader a picture file needs, told by its first bytes. */
final class PictureFormat {
    private PictureFormat() {}

    static Image read(EncodedPicture file, ReadOptions options) throws IOException {
        byte[] head = file.bytes(0, (int) Math.min(8, file.length()));
        if (Arrays.equals(head, PngReader.SIGNATURE)) {
            return PngReader.read(file, options);
        }
        if (head.length >= 2 && head[0] == (byte) 0xff && head[1] == (byte) 0xd8) {
            return JpegReader.read(file, options);
        }
        StringBuilder found = new StringBuilder();
        for (byte value : head) {
            found.append(String.format(" %02x", value));
        }
        throw new ImageException(file.name() + ": expected a PNG or JPEG picture, found "
                + (head.length == 0 ? "no bytes" : "a file that begins with" + found));
    }
}
