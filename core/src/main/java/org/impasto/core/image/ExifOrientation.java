package org.impasto.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The orientation tag of an EXIF block (Exif 2.32, section 4.6.4: tag 0x0112 of the first directory). */
final class ExifOrientation {
    private static final int TAG = 0x0112;
    private static final int SHORT = 3;

    private ExifOrientation() {}

    /**
     * The orientation, 1 to 8. A malformed block, or one without the tag, means upright: a picture is not refused for
     * its camera's notes.
     *
     * @param start where the TIFF header begins in {@code content}
     */
    static int of(byte[] content, int start) {
        if (start + 8 > content.length) {
            return 1;
        }
        ByteBuffer tiff =
                ByteBuffer.wrap(content, start, content.length - start).slice();
        int order = tiff.getShort(0);
        if (order == 0x4949) {
            tiff.order(ByteOrder.LITTLE_ENDIAN);
        } else if (order != 0x4d4d) {
            return 1;
        }
        long directory = tiff.getInt(4) & 0xffffffffL;
        if (tiff.getShort(2) != 42 || directory + 2 > tiff.limit()) {
            return 1;
        }
        int entries = tiff.getShort((int) directory) & 0xffff;
        for (int i = 0; i < entries; i++) {
            long entry = directory + 2 + 12L * i;
            if (entry + 12 > tiff.limit()) {
                return 1;
            }
            int at = (int) entry;
            if ((tiff.getShort(at) & 0xffff) == TAG) {
                int value = tiff.getShort(at + 2) == SHORT ? tiff.getShort(at + 8) : 1;
                return value >= 1 && value <= 8 ? value : 1;
            }
        }
        return 1;
    }
}
