package org.impasto.kernels.internal.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScratchArraysTest {
    @Test
    void givesAtLeastWhatIsAskedAndLittleMore() {
        for (int size :
                new int[] {0, 1, 1023, 1024, 1025, 1280, 1281, 1536, 1537, 2047, 2048, 2049, 100_000, 1_000_003}) {
            float[] array = ScratchArrays.take(size);
            assertThat(array.length).isBetween(size, Math.max(1024, size + size / 4));
            ScratchArrays.give(array);
        }
    }

    @Test
    void handsOutAgainWhatWasGiven() {
        float[] first = ScratchArrays.take(300_001);
        float[] second = ScratchArrays.take(300_001);
        assertThat(second).isNotSameAs(first);
        ScratchArrays.give(first);
        assertThat(ScratchArrays.take(300_000)).isSameAs(first);
        ScratchArrays.give(first);
        ScratchArrays.give(second);
    }

    @Test
    void poisonsOnRequest() {
        ScratchArrays.poison(true);
        try {
            assertThat(ScratchArrays.take(10)).containsOnly(Float.NaN);
        } finally {
            ScratchArrays.poison(false);
        }
    }
}
