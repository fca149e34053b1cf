package org.impasto.flow;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.impasto.core.ElementType;
import org.impasto.core.Shape;
import org.impasto.core.ShapeException;
import org.impasto.core.Spec;
import org.impasto.core.Tensor;
import org.impasto.nn.Init;

/** Which numbers a {@link MaskCoupling} passes (1) and which it changes (0); broadcasts to N, C, H, W. */
public final class Mask {
    private final Shape shape;
    private final float[] values;

    private Mask(Shape shape, float[] values) {
        this.shape = shape;
        this.values = values;
    }

    /** Pixel (y, x) is {@code (y + x) mod 2}, for pictures of that size: (1, 1, height, width). */
    public static Mask checkerboard(int height, int width) {
        if (height < 1 || width < 1) {
            throw new ShapeException("mask: pictures of " + height + "x" + width + ", expected 1 or more of both");
        }
        float[] values = new float[Math.multiplyExact(height, width)];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                values[y * width + x] = (y + x) % 2;
            }
        }
        return new Mask(Shape.of(1, 1, height, width), values);
    }

    /** The first C / 2 channels, rounded down, are 1: (1, C, 1, 1). */
    public static Mask channels(int channels) {
        if (channels < 2) {
            throw new ShapeException("mask: " + channels + " channels, expected 2 or more");
        }
        float[] values = new float[channels];
        Arrays.fill(values, 0, channels / 2, 1);
        return new Mask(Shape.of(1, channels, 1, 1), values);
    }

    /** Ones and zeros exchanged. */
    public Mask inverted() {
        float[] inverted = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            inverted[i] = 1 - values[i];
        }
        return new Mask(shape, inverted);
    }

    Shape shape() {
        return shape;
    }

    Init init() {
        return (backend, same, seed, path) ->
                Tensor.from(backend, new Spec(shape, ElementType.FLOAT32), FloatBuffer.wrap(values));
    }
}
