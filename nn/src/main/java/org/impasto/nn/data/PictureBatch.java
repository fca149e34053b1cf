package org.impasto.nn.data;

import java.util.List;
import org.impasto.core.Backend;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Tensor;
import org.impasto.core.image.Image;

/** Pictures of one size as one array on the host, N x 3 x H x W. Immutable. */
public final class PictureBatch {
    private final int count;
    private final int width;
    private final int height;
    private final float[] values;

    private PictureBatch(int count, int width, int height, float[] values) {
        this.count = count;
        this.width = width;
        this.height = height;
        this.values = values;
    }

    /**
     * A batch of pictures; alpha is left behind.
     *
     * @throws ShapeException if there are none, or their sizes differ
     */
    public static PictureBatch of(List<Image> pictures) {
        if (pictures.isEmpty()) {
            throw new ShapeException("a batch of no pictures, expected one or more");
        }
        int width = pictures.get(0).width();
        int height = pictures.get(0).height();
        float[] values = new float[Math.multiplyExact(pictures.size(), 3 * width * height)];
        for (int i = 0; i < pictures.size(); i++) {
            Image picture = pictures.get(i);
            if (picture.width() != width || picture.height() != height) {
                throw new ShapeException("a batch of pictures of " + width + "x" + height + " and of " + picture.width()
                        + "x" + picture.height() + ", expected one size: let a crop be the last augmentation");
            }
            float[] pixels = picture.pixels();
            System.arraycopy(pixels, 0, values, i * pixels.length, pixels.length);
        }
        return new PictureBatch(pictures.size(), width, height, values);
    }

    /** Number of pictures. */
    public int count() {
        return count;
    }

    /** Pixels in a row. */
    public int width() {
        return width;
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** One of the pictures. */
    public Image picture(int index) {
        if (index < 0 || index >= count) {
            throw new ShapeException("picture " + index + " of a batch of " + count);
        }
        int length = values.length / count;
        float[] pixels = new float[length];
        System.arraycopy(values, index * length, pixels, 0, length);
        return Image.owning(width, height, pixels, null);
    }

    /** The pictures as a float32 tensor N x 3 x H x W in the caller's scope. */
    public Tensor x(Backend backend) {
        return Tensor.sharing(backend, Shape.of(count, 3, height, width), values);
    }
}
