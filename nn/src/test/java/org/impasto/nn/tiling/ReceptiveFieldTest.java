package org.impasto.nn.tiling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import org.impasto.core.Convolution.Geometry;
import org.impasto.core.Edges;
import org.impasto.core.PaddingMode;
import org.impasto.core.ShapeException;
import org.junit.jupiter.api.Test;

class ReceptiveFieldTest {
    @Test
    void sizesAreThoseOfTheLayers() {
        ReceptiveField floor =
                ReceptiveField.identity().same(3).pooling(2, false).pooling(2, false);
        ReceptiveField ceil = ReceptiveField.identity().same(3).pooling(2, true).pooling(2, true);
        assertThat(floor.size(33)).isEqualTo(8);
        assertThat(ceil.size(33)).isEqualTo(9);
        assertThat(ceil.enlarged(4).size(33)).isEqualTo(36);
        assertThat(ReceptiveField.identity().window(9, 1, 4).window(3, 2, 1).size(31))
                .isEqualTo(16);
    }

    @Test
    void tilesBeginWhereWindowsBegin() {
        ReceptiveField down =
                ReceptiveField.identity().pooling(2, false).same(3).pooling(2, false);
        assertThat(down.alignment()).isEqualTo(4);
        assertThat(down.then(ReceptiveField.identity().enlarged(4)).alignment()).isEqualTo(4);
        assertThat(ReceptiveField.identity().enlarged(2).pooling(2, false).alignment())
                .isEqualTo(1);
        assertThat(ReceptiveField.identity().window(3, 3, 0).pooling(2, true).alignment())
                .isEqualTo(6);
        assertThat(down.position(12)).isEqualTo(3);
        assertThat(down.enlarged(4).position(12)).isEqualTo(12);
    }

    /** By following single cells through random networks. */
    @Test
    void theInputOfASpanHoldsAllThatItDependsOn() {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            int size = 5 + random.nextInt(90);
            ReceptiveField field = ReceptiveField.identity();
            BitSet[] reached = new BitSet[size]; // for each cell, what it depends on
            for (int i = 0; i < size; i++) {
                reached[i] = new BitSet();
                reached[i].set(i);
            }
            for (int layer = 0; layer < 4; layer++) {
                int kernel = 1 + random.nextInt(4);
                int stride = 1 + random.nextInt(2);
                boolean enlarges = random.nextInt(4) == 0;
                int padding = (kernel - 1) / 2;
                if (!enlarges && reached.length + 2 * padding < kernel) {
                    continue;
                }
                field = enlarges ? field.enlarged(2) : field.window(kernel, stride, padding);
                BitSet[] next = new BitSet
                        [enlarges ? 2 * reached.length : (reached.length + 2 * padding - kernel) / stride + 1];
                for (int i = 0; i < next.length; i++) {
                    next[i] = new BitSet();
                    for (int k = 0; k < (enlarges ? 1 : kernel); k++) {
                        int from = enlarges ? i / 2 : i * stride - padding + k;
                        if (from >= 0 && from < reached.length) {
                            next[i].or(reached[from]);
                        }
                    }
                }
                reached = next;
            }
            assertThat(field.size(size)).isEqualTo(reached.length);
            int start = random.nextInt(reached.length);
            int end = start + 1 + random.nextInt(reached.length - start);
            BitSet needed = new BitSet();
            for (int i = start; i < end; i++) {
                needed.or(reached[i]);
            }
            if (needed.isEmpty()) {
                continue;
            }
            Span input = field.input(new Span(start, end), size);
            assertThat(input.start()).as("round %d", round).isLessThanOrEqualTo(needed.nextSetBit(0));
            assertThat(input.end()).isGreaterThanOrEqualTo(needed.length()).isLessThanOrEqualTo(size);
            assertThat(input.start() % field.alignment()).isZero();
            // and not much more
            assertThat(needed.nextSetBit(0) - input.start()).isLessThan(field.alignment() + 4);
        }
    }

    @Test
    void refusesWhatTilesCannotGive() {
        Geometry circular = Geometry.plain().padded(Edges.all(1), PaddingMode.CIRCULAR);
        assertThatThrownBy(() -> ReceptiveField.identity().convolution(3, circular))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("not circular");
        assertThat(ReceptiveField.identity()
                        .convolution(3, Geometry.plain().dilated(2, 2).padded(Edges.all(2), PaddingMode.ZERO))
                        .input(new Span(10, 11), 40))
                .isEqualTo(new Span(8, 13));
    }
}
