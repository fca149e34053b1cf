package org.impasto.nn.functional;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.impasto.core.Backend;
import org.impasto.core.Backends;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.Scope;
import org.impasto.core.Shape;
import org.impasto.core.Tensor;
import org.impasto.nn.Conv2d;
import org.impasto.nn.ConvTranspose2d;
import org.impasto.nn.Model;
import org.junit.jupiter.api.Test;

/** Sizes and values under TensorFlow's padding SAME. */
class SamePaddingTest {
    private final Backend backend = Backends.standard();

    @Test
    void smallerHalfOfThePaddingComesFirst() {
        assertThat(Edges.same(Shape.of(1, 1, 14, 13), 3, 2)).isEqualTo(new Edges(1, 1, 0, 1));
        assertThat(Edges.same(Shape.of(1, 1, 5, 9), 2, 3)).isEqualTo(new Edges(0, 0, 0, 0));
        assertThat(Edges.same(Shape.of(1, 1, 7, 7), 3, 3, 1, 1, 2, 3)).isEqualTo(new Edges(3, 3, 2, 2));
        Geometry narrow = Geometry.plain().strided(3, 2).sameTransposed(Shape.of(1, 1, 1, 4));
        assertThat(narrow.padding()).isEqualTo(new Edges(1, 1, 0, -2));
    }

    @Test
    void poolingLooksAtThePictureAlone() {
        int height = 7;
        int width = 10;
        float[] values = new float[height * width];
        Random random = new Random(3);
        for (int i = 0; i < values.length; i++) {
            values[i] = -1 - random.nextFloat(); // a zero of the padding would be the largest
        }
        for (int kernel = 1; kernel <= 4; kernel++) {
            for (int stride = 1; stride <= 3; stride++) {
                try (Scope scope = Scope.open()) {
                    Tensor x = Tensor.of(backend, Shape.of(1, 1, height, width), values);
                    Tensor largest = SamePadding.maxPool2d(x, kernel, stride);
                    Tensor mean = SamePadding.avgPool2d(x, kernel, stride);
                    Shape shape = Shape.of(1, 1, (height + stride - 1) / stride, (width + stride - 1) / stride);
                    assertThat(largest.shape()).isEqualTo(shape);
                    assertThat(mean.shape()).isEqualTo(shape);
                    Edges edges = Edges.same(x.shape(), kernel, stride);
                    for (int i = 0; i < shape.elements(); i++) {
                        int top = i / shape.intSize(3) * stride - edges.top();
                        int left = i % shape.intSize(3) * stride - edges.left();
                        float most = Float.NEGATIVE_INFINITY;
                        double sum = 0;
                        int cells = 0;
                        for (int y = Math.max(top, 0); y < Math.min(top + kernel, height); y++) {
                            for (int z = Math.max(left, 0); z < Math.min(left + kernel, width); z++) {
                                most = Math.max(most, values[y * width + z]);
                                sum += values[y * width + z];
                                cells++;
                            }
                        }
                        assertThat(largest.toFloats()[i]).isEqualTo(most);
                        // up to 16 sums and a few roundings more, of numbers up to 2
                        assertThat((double) mean.toFloats()[i]).isCloseTo(sum / cells, Offset.offset(24 * 0x1p-23));
                    }
                }
            }
        }
    }

    @Test
    void layersDivideAndMultiplyTheSize() {
        Shape picture = Shape.of(1, 3, 9, 12);
        try (Model<Conv2d> down = Model.fresh(backend, 1, p -> Conv2d.tensorFlowSame(p.in("down"), 3, 4, 3, 2, false));
                Model<ConvTranspose2d> up =
                        Model.fresh(backend, 1, p -> ConvTranspose2d.tensorFlowSame(p.in("up"), 4, 2, 3, 2, true));
                Scope scope = Scope.open()) {
            Tensor y = down.net().forward(Tensor.of(backend, picture, new float[324]));
            assertThat(y.shape()).isEqualTo(Shape.of(1, 4, 5, 6));
            assertThat(up.net().forward(y).shape()).isEqualTo(Shape.of(1, 2, 10, 12));
        }
    }
}
