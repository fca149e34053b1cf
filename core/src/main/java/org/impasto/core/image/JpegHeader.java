package org.impasto.core.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.impasto.core.ImageException;

/**
 * The markers of a JPEG file (ITU-T T.81, annex B), walked from its beginning to its end marker: size, how colour is
 * stored, the EXIF orientation, and which ranges a decoder needs.
 */
final class JpegHeader {
    /** How the decoded components become colour. */
    enum Colours {
        GREY,
        RGB,
        YCBCR,
        CMYK,
        YCCK
    }

    private static final int START = 0xd8;
    private static final int END = 0xd9;
    private static final int SCAN = 0xda;
    private static final int APP0 = 0xe0;
    private static final int APP1 = 0xe1;
    private static final int APP14 = 0xee;
    private static final int APP15 = 0xef;
    private static final int COMMENT = 0xfe;

    /** Each scan costs a pass over the whole picture however short it is; real progressive files have some ten. */
    private static final int MOST_SCANS = 200;

    /**
     * In the shortest scan a block of 64 pixels takes one bit, so a byte gives at most 512 pixels of the component that
     * is sampled the most; twice that leaves room for a file that a tolerant decoder still reads.
     */
    private static final long MOST_PIXELS_A_BYTE = 1024;

    private final EncodedPicture file;
    private final byte[] buffer = new byte[1 << 14];
    private long bufferStart;
    private int bufferLength;
    private long position;

    int width;
    int height;
    int components;
    int orientation = 1;
    boolean adobe;
    private int adobeTransform;
    private boolean jfif;
    private int[] identifiers = {};
    private boolean frame;
    private int scans;
    private final SegmentInputStream.Ranges ranges = new SegmentInputStream.Ranges();

    private JpegHeader(EncodedPicture file) {
        this.file = file;
    }

    static JpegHeader read(EncodedPicture file, ReadOptions options) throws IOException {
        JpegHeader header = new JpegHeader(file);
        header.walk(options);
        return header;
    }

    /** What the decoder is given: everything but application segments and comments. */
    SegmentInputStream open() {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(0xff);
        head.write(START);
        return ranges.open(file, head, new byte[] {(byte) 0xff, (byte) END});
    }

    /** As libjpeg guesses it: JFIF means YCbCr, else the Adobe marker decides, else the components' names. */
    Colours colours() {
        return switch (components) {
            case 1 -> Colours.GREY;
            case 3 -> {
                if (jfif) {
                    yield Colours.YCBCR;
                }
                boolean named = identifiers[0] == 'R' && identifiers[1] == 'G' && identifiers[2] == 'B';
                yield (adobe ? adobeTransform == 0 : named) ? Colours.RGB : Colours.YCBCR;
            }
            default -> adobe && adobeTransform == 2 ? Colours.YCCK : Colours.CMYK;
        };
    }

    private ImageException bad(String what) {
        return new ImageException(file.name() + ": not a readable JPEG: " + what);
    }

    private void walk(ReadOptions options) throws IOException {
        position = 2;
        while (true) {
            int marker = nextMarker();
            long start = position - 2;
            if (marker == END) {
                break;
            }
            if (marker == START || marker == 0x01 || marker >= 0xd0 && marker <= 0xd7) {
                continue;
            }
            int length = next() << 8 | next();
            if (length < 2) {
                throw bad("the segment at byte " + start + " declares a length of " + length + " bytes");
            }
            long end = start + 2 + length;
            if (end > file.length()) {
                throw cutOff();
            }
            if (marker >= APP0 && marker <= APP15 || marker == COMMENT) {
                application(marker, start + 4, length - 2);
            } else {
                if (isFrame(marker)) {
                    frame(marker, start + 4, length - 2, options);
                }
                if (marker == SCAN) {
                    scan(start);
                    end = endOfScan(end);
                }
                ranges.add(start, end - start);
            }
            position = end;
        }
        if (scans == 0) {
            throw bad("it has no picture data before its end marker");
        }
    }

    private void scan(long start) {
        if (!frame) {
            throw bad("picture data at byte " + start + " before the frame header that gives its size");
        }
        if (++scans > MOST_SCANS) {
            throw bad("more than " + MOST_SCANS + " scans");
        }
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private void frame(int marker, long at, int length, ReadOptions options) throws IOException {
        if (frame) {
            throw bad("two frame headers");
        }
        frame = true;
        if (marker > 0xc2) {
            throw bad("coding process SOF" + (marker - 0xc0)
                    + " is not supported; baseline, extended and progressive Huffman coding are");
        }
        byte[] content = file.bytes(at, length);
        if (length < 6 || length < 6 + 3 * (content[5] & 0xff)) {
            throw bad("a frame header of " + length + " bytes");
        }
        if (content[0] != 8) {
            throw bad(content[0] + " bits a sample; 8 are supported");
        }
        height = (content[1] & 0xff) << 8 | content[2] & 0xff;
        width = (content[3] & 0xff) << 8 | content[4] & 0xff;
        components = content[5] & 0xff;
        if (components != 1 && components != 3 && components != 4) {
            throw bad(components + " colour components; 1, 3 and 4 are supported");
        }
        identifiers = new int[components];
        for (int i = 0; i < components; i++) {
            identifiers[i] = content[6 + 3 * i] & 0xff;
        }
        DeclaredSize.check(file.name(), width, height, options);
        // Blocks are whole, so a small picture needs less than its share.
        if ((long) width * height > MOST_PIXELS_A_BYTE * file.length()) {
            throw bad("it declares " + width + "x" + height + " pixels; the file's " + file.length()
                    + " bytes cannot hold so many");
        }
    }

    private void application(int marker, long at, int length) throws IOException {
        byte[] content = file.bytes(at, length);
        if (marker == APP0 && begins(content, "JFIF\0")) {
            jfif = true;
        } else if (marker == APP1 && begins(content, "Exif\0")) {
            orientation = ExifOrientation.of(content, 6);
        } else if (marker == APP14 && begins(content, "Adobe") && length >= 12) {
            adobe = true;
            adobeTransform = content[11] & 0xff;
        }
    }

    private static boolean begins(byte[] content, String name) {
        if (content.length < name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (content[i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private int nextMarker() throws IOException {
        int previous = next();
        while (true) {
            int value = next();
            if (previous == 0xff && value != 0 && value != 0xff) {
                return value;
            }
            previous = value;
        }
    }

    /** The position of the first marker after entropy-coded data that is not a restart. */
    private long endOfScan(long start) throws IOException {
        position = start;
        int previous = 0;
        while (true) {
            int value = next();
            if (previous == 0xff && value != 0 && value != 0xff && !(value >= 0xd0 && value <= 0xd7)) {
                return position - 2;
            }
            previous = value;
        }
    }

    private int next() throws IOException {
        if (position >= bufferStart + bufferLength || position < bufferStart) {
            bufferStart = position;
            bufferLength = file.read(position, buffer, 0, buffer.length);
            if (bufferLength <= 0) {
                throw cutOff();
            }
        }
        return buffer[(int) (position++ - bufferStart)] & 0xff;
    }

    private ImageException cutOff() {
        return bad("the file ends at byte " + file.length() + " without an end marker; it is cut off");
    }
}
