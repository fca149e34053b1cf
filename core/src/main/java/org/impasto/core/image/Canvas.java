package org.impasto.core.image;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import org.jspecify.annotations.Nullable;

/** The float planes that a reader fills with rows of decoded samples, turning them upright on the way. */
final class Canvas {
    final int width;
    final int height;
    final float[] pixels;
    final float @Nullable [] alpha;

    private final int storedWidth;
    private final int storedHeight;
    private final int orientation;

    /** @param orientation EXIF orientation, 1 (upright) to 8 */
    Canvas(int storedWidth, int storedHeight, int orientation, boolean withAlpha) {
        this.storedWidth = storedWidth;
        this.storedHeight = storedHeight;
        this.orientation = orientation;
        this.width = orientation < 5 ? storedWidth : storedHeight;
        this.height = orientation < 5 ? storedHeight : storedWidth;
        int plane = Math.multiplyExact(storedWidth, storedHeight);
        this.pixels = new float[Math.multiplyExact(3, plane)];
        this.alpha = withAlpha ? new float[plane] : null;
    }

    int plane() {
        return width * height;
    }

    /** Where pixel 0 of a stored row goes. */
    int start(int row) {
        return switch (orientation) {
            case 2 -> row * width + width - 1;
            case 3 -> (height - 1 - row) * width + width - 1;
            case 4 -> (height - 1 - row) * width;
            case 5 -> row;
            case 6 -> width - 1 - row;
            case 7 -> (height - 1) * width + width - 1 - row;
            case 8 -> (height - 1) * width + row;
            default -> row * width;
        };
    }

    /** How far the next pixel of a stored row goes from the one before. */
    int step() {
        return switch (orientation) {
            case 2, 3 -> -1;
            case 5, 6 -> width;
            case 7, 8 -> -width;
            default -> 1;
        };
    }

    Image image() {
        return Image.owning(width, height, pixels, alpha);
    }

    /**
     * Rows that fit into {@code share} of the planes' own bytes when a decoder holds {@code bytesPerPixel}: decoding in
     * bands keeps the peak low where samples are wide, at the price of decoding again from the top for each band.
     */
    int rowsPerBand(int bytesPerPixel) {
        long whole = (long) bytesPerPixel * storedWidth * storedHeight;
        long allowed = Math.max(1 << 22, (long) plane() * (alpha == null ? 12 : 16) * 27 / 100);
        int bands = (int) ((whole + allowed - 1) / allowed);
        return (storedHeight + bands - 1) / bands;
    }

    /** One row of samples, pixel by pixel, whatever the raster's layout. */
    static final class Row {
        private byte @Nullable [] bytes;
        private short @Nullable [] shorts;

        void read(Raster raster, int row) {
            int x = raster.getMinX();
            int y = raster.getMinY() + row;
            if (raster.getTransferType() == DataBuffer.TYPE_BYTE) {
                bytes = (byte[]) raster.getDataElements(x, y, raster.getWidth(), 1, bytes);
            } else if (raster.getTransferType() == DataBuffer.TYPE_USHORT) {
                shorts = (short[]) raster.getDataElements(x, y, raster.getWidth(), 1, shorts);
            } else {
                throw new IllegalStateException("samples of type " + raster.getTransferType());
            }
        }

        int get(int index) {
            return bytes != null ? bytes[index] & 0xff : java.util.Objects.requireNonNull(shorts)[index] & 0xffff;
        }
    }
}
