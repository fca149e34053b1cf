package org.impasto.core.image;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.impasto.core.FileFailure;
import org.impasto.core.ImageException;
import org.jspecify.annotations.Nullable;

/**
 * PNG (W3C Portable Network Graphics, second edition). The chunks are walked and checked here; the codec is given
 * header, palette and pixel data alone, so that gamma, profiles and transparency cannot change its samples.
 */
final class PngReader {
    static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    private static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504c5445;
    private static final int TRNS = 0x74524e53;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454e44;
    private static final byte[] END = {0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xae, 0x42, 0x60, (byte) 0x82};
    /** Deflate's longest match is 258 bytes for 2 bits, so a byte gives at most 1032. */
    private static final long LARGEST_EXPANSION = 1032;

    private static final int GREY = 0;
    private static final int PALETTE = 3;
    private static final int GREY_ALPHA = 4;
    private static final int RGB_ALPHA = 6;

    private final EncodedPicture file;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final SegmentInputStream.Ranges data = new SegmentInputStream.Ranges();
    private long dataBytes;
    private int width;
    private int height;
    private int depth;
    private int colourType;
    private boolean interlaced;
    private byte @Nullable [] palette;
    private byte @Nullable [] transparency;

    private PngReader(EncodedPicture file) {
        this.file = file;
    }

    static Image read(EncodedPicture file, ReadOptions options) throws IOException {
        PngReader reader = new PngReader(file);
        reader.readHeader();
        DeclaredSize.check(file.name(), reader.width, reader.height, options);
        reader.walkChunks();
        reader.checkInflatable();
        return reader.decode();
    }

    private ImageException bad(String what) {
        return bad(file.name(), what);
    }

    static ImageException bad(String name, String what) {
        return new ImageException(name + ": not a readable PNG: " + what);
    }

    private void readHeader() throws IOException {
        if (file.length() < SIGNATURE.length + 25) {
            throw bad("the file ends at byte " + file.length() + ", inside the header");
        }
        byte[] header = file.bytes(SIGNATURE.length, 25);
        if (integer(header, 0) != 13 || integer(header, 4) != IHDR) {
            throw bad("the first chunk is not an IHDR of 13 bytes");
        }
        checkSum(SIGNATURE.length, 13, "IHDR");
        width = integer(header, 8);
        height = integer(header, 12);
        depth = header[16];
        colourType = header[17];
        interlaced = header[20] == 1;
        if (!allowed(colourType, depth)) {
            throw bad("colour type " + colourType + " with " + depth + " bits a sample does not exist");
        }
        if (header[18] != 0 || header[19] != 0 || header[20] < 0 || header[20] > 1) {
            throw bad("unknown compression " + header[18] + ", filter " + header[19] + " or interlace " + header[20]);
        }
        head.writeBytes(SIGNATURE);
        head.writeBytes(header);
    }

    private static boolean allowed(int colourType, int depth) {
        return switch (colourType) {
            case GREY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
            case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
            case 2, GREY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
            default -> false;
        };
    }

    private void walkChunks() throws IOException {
        long position = SIGNATURE.length + 25L;
        while (position < file.length()) {
            if (position + 12 > file.length()) {
                throw bad("the file ends at byte " + file.length() + ", inside a chunk's header");
            }
            byte[] header = file.bytes(position, 8);
            long length = integer(header, 0) & 0xffffffffL;
            int type = integer(header, 4);
            String name = name(header);
            if (type == IEND) {
                return;
            }
            if (position + 12 + length > file.length()) {
                throw bad("chunk " + name + " at byte " + position + " declares " + length + " bytes, "
                        + (file.length() - position - 12) + " are left; the file is cut off or damaged");
            }
            boolean critical = (type & 0x20000000) == 0;
            if (critical) {
                if (type != PLTE && type != IDAT) {
                    throw bad("unknown critical chunk " + name + " at byte " + position);
                }
                checkSum(position, length, name);
            }
            if (type == IDAT && length > 0) {
                data.add(position, length + 12);
                dataBytes += length;
            } else if (type == PLTE && dataBytes == 0 && palette == null) {
                palette = file.bytes(position + 8, table(name, length, 3 * 256));
            } else if (type == TRNS && dataBytes == 0 && colourType < GREY_ALPHA) {
                transparency = file.bytes(position + 8, table(name, length, 256));
            }
            position += 12 + length;
        }
    }

    private int table(String name, long length, int most) {
        if (length > most) {
            throw bad("chunk " + name + " of " + length + " bytes; at most " + most + " are allowed");
        }
        return (int) length;
    }

    /** The check sum covers type and data of the chunk that begins at {@code position}. */
    private void checkSum(long position, long length, String name) throws IOException {
        CRC32 sum = new CRC32();
        byte[] buffer = new byte[(int) Math.min(1 << 14, length + 4)];
        long at = position + 4;
        long end = position + 8 + length;
        while (at < end) {
            int count = file.read(at, buffer, 0, (int) Math.min(buffer.length, end - at));
            if (count <= 0) {
                throw bad("the file ends at byte " + at + ", inside chunk " + name);
            }
            sum.update(buffer, 0, count);
            at += count;
        }
        int stored = integer(file.bytes(end, 4), 0);
        if ((int) sum.getValue() != stored) {
            throw bad(String.format(
                    "chunk %s at byte %d has check sum %08x, stored is %08x; the file is damaged",
                    name, position, (int) sum.getValue(), stored));
        }
    }

    private void checkInflatable() {
        if (dataBytes == 0) {
            throw bad("it has no pixel data (IDAT)");
        }
        long needed = 0;
        if (interlaced) {
            int[][] passes = {
                {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
            };
            for (int[] pass : passes) {
                needed +=
                        bytes((width - pass[0] + pass[2] - 1L) / pass[2], (height - pass[1] + pass[3] - 1L) / pass[3]);
            }
        } else {
            needed = bytes(width, height);
        }
        if (needed > LARGEST_EXPANSION * dataBytes) {
            throw bad("it declares " + width + "x" + height + " pixels, " + needed + " bytes unpacked; its " + dataBytes
                    + " bytes of pixel data can give at most " + LARGEST_EXPANSION * dataBytes);
        }
    }

    private long bytes(long columns, long rows) {
        return columns <= 0 || rows <= 0 ? 0 : rows * (1 + (columns * samples() * depth + 7) / 8);
    }

    private int samples() {
        return switch (colourType) {
            case GREY, PALETTE -> 1;
            case GREY_ALPHA -> 2;
            case RGB_ALPHA -> 4;
            default -> 3;
        };
    }

    private Image decode() throws IOException {
        boolean withAlpha = colourType == GREY_ALPHA || colourType == RGB_ALPHA || transparency != null;
        PngSamples samples = colourType == PALETTE
                ? new PngSamples.Indices(file.name(), palette, transparency)
                : new PngSamples.Direct(file.name(), samples(), depth, transparency);
        if (palette != null && colourType == PALETTE) {
            head.writeBytes(chunk(PLTE, palette));
        }
        Canvas canvas = new Canvas(width, height, 1, withAlpha);
        int bytesPerPixel = samples() * (depth == 16 ? 2 : 1);
        int rows = canvas.rowsPerBand(bytesPerPixel);
        ImageReader codec = codec();
        Canvas.Row row = new Canvas.Row();
        BufferedImage band = null;
        try {
            for (int top = 0; top < height; top += rows) {
                int count = Math.min(rows, height - top);
                band = decode(codec, new Rectangle(0, top, width, count), band);
                Raster raster = band.getRaster();
                for (int y = 0; y < count; y++) {
                    row.read(raster, y);
                    samples.put(row, canvas, top + y);
                }
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof ImageException known) {
                throw known;
            }
            CodecFailure.rethrowMemoryError(e);
            throw new ImageException(
                    file.name() + ": the pixel data of this PNG cannot be decoded (" + FileFailure.reason(e)
                            + "); the file is cut off or damaged",
                    e);
        } finally {
            codec.dispose();
        }
        return canvas.image();
    }

    /** @param reused the picture of the band before, whose memory serves again; the last band fills only a part of it */
    private BufferedImage decode(ImageReader codec, Rectangle band, @Nullable BufferedImage reused) throws IOException {
        try (ImageInputStream stream = data.open(file, head, END)) {
            codec.setInput(stream, false, true);
            ImageReadParam region = codec.getDefaultReadParam();
            region.setSourceRegion(band);
            if (reused != null) {
                region.setDestination(reused);
            }
            BufferedImage image = codec.read(0, region);
            int found = image.getRaster().getNumBands();
            if (found != samples()) {
                throw new IOException("expected " + samples() + " samples a pixel, found " + found);
            }
            return image;
        }
    }

    private static ImageReader codec() {
        Iterator<ImageReader> codecs = ImageIO.getImageReadersByFormatName("png");
        if (!codecs.hasNext()) {
            throw new ImageException("this Java runtime has no PNG codec; use one with the module java.desktop");
        }
        return codecs.next();
    }

    private static byte[] chunk(int type, byte[] content) {
        ByteBuffer buffer = ByteBuffer.allocate(content.length + 12);
        buffer.putInt(content.length).putInt(type).put(content);
        CRC32 sum = new CRC32();
        sum.update(buffer.array(), 4, content.length + 4);
        return buffer.putInt((int) sum.getValue()).array();
    }

    private static String name(byte[] header) {
        StringBuilder name = new StringBuilder();
        for (int i = 4; i < 8; i++) {
            char letter = (char) (header[i] & 0xff);
            name.append(letter > ' ' && letter < 127 ? letter : '?');
        }
        return name.toString();
    }

    private static int integer(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | bytes[at + 3] & 0xff;
    }
}
