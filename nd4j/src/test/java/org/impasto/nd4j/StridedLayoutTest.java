package org.impasto.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StridedLayoutTest {
    private static final long SEED = 20261121;

    @Test
    void joinsWhatLiesTogether() {
        assertThat(StridedLayout.of(new long[] {2, 3, 4}, new long[] {12, 4, 1}).isContiguous())
                .isTrue();
        assertThat(StridedLayout.of(new long[] {1, 3, 1, 4}, new long[] {99, 4, 77, 1})
                        .isContiguous())
                .isTrue();
        assertThat(StridedLayout.of(new long[] {}, new long[] {}).isContiguous())
                .isTrue();
        assertThat(StridedLayout.of(new long[] {2, 3}, new long[] {1, 2}).isContiguous())
                .isFalse();
        assertThat(StridedLayout.of(new long[] {2, 3}, new long[] {4, 1}).isContiguous())
                .isFalse();
        assertThat(StridedLayout.of(new long[] {2, 3, 4}, new long[] {24, 8, 2}))
                .hasToString("sizes [24], strides [2]");
    }

    @Test
    void seesSharedCells() {
        assertThat(StridedLayout.of(new long[] {2, 3}, new long[] {3, 0}).mayOverlap())
                .isTrue();
        assertThat(StridedLayout.of(new long[] {2, 1}, new long[] {3, 0}).mayOverlap())
                .isFalse();
        assertThat(StridedLayout.of(new long[] {5, 3}, new long[] {1, 1}).mayOverlap())
                .isTrue();
        assertThat(StridedLayout.of(new long[] {2, 3}, new long[] {1, 2}).mayOverlap())
                .isFalse();
        assertThat(StridedLayout.of(new long[] {2, 3, 2}, new long[] {1, -20, 7})
                        .mayOverlap())
                .isFalse();
    }

    /** Arrays larger than a buffer reaches are copied through several windows: here with very small windows. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 7, 40, 1000, Integer.MAX_VALUE})
    void visitsEveryElementOnceInWindowsOfAnySize(long most) {
        Random random = new Random(SEED);
        for (int trial = 0; trial < 200; trial++) {
            int rank = random.nextInt(5);
            long[] sizes = random.longs(rank, 1, trial % 10 == 0 ? 50 : 6).toArray();
            long[] strides = random.longs(rank, -9, 40).toArray();
            List<Long> expected = new ArrayList<>();
            for (long[] index : ViewCase.indices(sizes)) {
                long cell = 0;
                for (int axis = 0; axis < rank; axis++) {
                    cell += index[axis] * strides[axis];
                }
                expected.add(cell);
            }
            Long[] found = new Long[expected.size()];
            StridedLayout.of(sizes, strides).pieces(most, piece -> {
                assertThat((long) piece.cells()).isLessThanOrEqualTo(most);
                piece.copy((cell, cellStep, value, valueStep, count) -> {
                    for (int k = 0; k < count; k++) {
                        int inWindow = cell + k * cellStep;
                        if (inWindow < 0 || inWindow >= piece.cells() || found[value + k * valueStep] != null) {
                            throw new AssertionError("seed " + SEED + ": cell " + inWindow + " of " + piece);
                        }
                        found[value + k * valueStep] = piece.firstCell() + inWindow;
                    }
                });
            });
            assertThat(found).as("seed %d, trial %d", SEED, trial).isEqualTo(expected.toArray());
        }
    }

    @Test
    void leavesStridesThatNoWindowNeedsOutOfIt() {
        long far = 1L << 40;
        List<Long> firstCells = new ArrayList<>();
        StridedLayout.of(new long[] {2, 3}, new long[] {far, 5})
                .pieces(100, piece -> firstCells.add(piece.firstCell()));
        assertThat(firstCells).containsExactly(0L, far);
    }
}
