package org.impasto.core.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** PNG files written byte by byte, in every form that the format has, from the format's description alone. */
final class HandMadePng {
    private static final int[][] PASSES = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    HandMadePng() {
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    }

    static int channels(int colourType) {
        return switch (colourType) {
            case 0, 3 -> 1;
            case 4 -> 2;
            case 2 -> 3;
            default -> 4;
        };
    }

    HandMadePng header(int width, int height, int depth, int colourType, boolean interlaced) {
        ByteBuffer content = ByteBuffer.allocate(13);
        content.putInt(width).putInt(height);
        content.put((byte) depth)
                .put((byte) colourType)
                .put((byte) 0)
                .put((byte) 0)
                .put((byte) (interlaced ? 1 : 0));
        return chunk("IHDR", content.array());
    }

    HandMadePng chunk(String type, byte[] content) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(name);
        sum.update(content);
        out.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        out.writeBytes(name);
        out.writeBytes(content);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
        return this;
    }

    byte[] end() {
        return chunk("IEND", new byte[0]).bytes();
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /** @param samples interleaved, row by row */
    HandMadePng pixels(int width, int height, int depth, int colourType, boolean interlaced, int[] samples, int idat) {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        int[][] passes = interlaced ? PASSES : new int[][] {{0, 0, 1, 1}};
        int filter = 0;
        for (int[] pass : passes) {
            byte[] above = null;
            for (int y = pass[1]; y < height; y += pass[3]) {
                byte[] row = packed(width, y, pass, depth, channels(colourType), samples);
                if (row.length > 0) {
                    raw.writeBytes(filtered(row, above, Math.max(1, channels(colourType) * depth / 8), filter));
                    filter = (filter + 1) % 5;
                    above = row;
                }
            }
        }
        byte[] packed = deflated(raw.toByteArray());
        for (int at = 0; at < packed.length; at += idat) {
            chunk("IDAT", java.util.Arrays.copyOfRange(packed, at, Math.min(packed.length, at + idat)));
        }
        return this;
    }

    private static byte[] packed(int width, int y, int[] pass, int depth, int channels, int[] samples) {
        int columns = (width - pass[0] + pass[2] - 1) / pass[2];
        byte[] row = new byte[Math.max(0, (columns * channels * depth + 7) / 8)];
        int bit = 0;
        for (int x = pass[0]; x < width; x += pass[2]) {
            for (int c = 0; c < channels; c++) {
                int sample = samples[(y * width + x) * channels + c];
                for (int b = depth - 1; b >= 0; b--, bit++) {
                    row[bit / 8] |= (byte) ((sample >> b & 1) << 7 - bit % 8);
                }
            }
        }
        return row;
    }

    private static byte[] filtered(byte[] row, byte[] above, int step, int filter) {
        byte[] result = new byte[row.length + 1];
        result[0] = (byte) filter;
        for (int i = 0; i < row.length; i++) {
            int left = i >= step ? row[i - step] & 0xff : 0;
            int up = above == null ? 0 : above[i] & 0xff;
            int corner = above == null || i < step ? 0 : above[i - step] & 0xff;
            int guess = left + up - corner;
            int nearest =
                    Math.abs(guess - left) <= Math.abs(guess - up) && Math.abs(guess - left) <= Math.abs(guess - corner)
                            ? left
                            : Math.abs(guess - up) <= Math.abs(guess - corner) ? up : corner;
            int[] predictions = {0, left, up, (left + up) / 2, nearest};
            result[i + 1] = (byte) (row[i] - predictions[filter]);
        }
        return result;
    }

    static byte[] deflated(byte[] raw) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        deflater.setInput(raw);
        deflater.finish();
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        while (!deflater.finished()) {
            packed.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return packed.toByteArray();
    }
}
