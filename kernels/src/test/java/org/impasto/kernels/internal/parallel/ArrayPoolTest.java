package org.impasto.kernels.internal.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrayPoolTest {
    @Test
    void givesAtLeastWhatIsAskedAndLittleMore() {
        for (int size :
                new int[] {0, 1, 1023, 1024, 1025, 1280, 1281, 1536, 1537, 2047, 2048, 2049, 100_000, 1_000_003}) {
            float[] array = ArrayPool.take(size);
            assertThat(array.length).isBetween(size, Math.max(1024, size + size / 4));
            ArrayPool.give(array);
        }
    }

    @Test
    void handsOutAgainWhatWasGiven() {
        float[] first = ArrayPool.take(300_001);
        float[] second = ArrayPool.take(300_001);
        assertThat(second).isNotSameAs(first);
        ArrayPool.give(first);
        assertThat(ArrayPool.take(300_000)).isSameAs(first);
        ArrayPool.give(first);
        ArrayPool.give(second);
    }

    @Test
    void poisonsOnRequest() {
        ArrayPool.poison(true);
        try {
            assertThat(ArrayPool.take(10)).containsOnly(Float.NaN);
        } finally {
            ArrayPool.poison(false);
        }
    }
}
