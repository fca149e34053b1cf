package org.impasto.kernels.internal.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.impasto.core.PaddingMode;
import org.impasto.core.Run;
import org.impasto.core.ShapeException;
import org.impasto.kernels.internal.parallel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockedLayoutTest {
    @ParameterizedTest
    @CsvSource({"1,1,1", "2,3,5", "1,16,64", "3,17,63", "2,33,65", "1,70,4097", "1,5,9000"})
    void goesThereAndBack(int batch, int channels, int pixels) {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            Workers workers = new Workers(executor, 3);
            float[] planar = new float[batch * channels * pixels];
            for (int i = 0; i < planar.length; i++) {
                planar[i] = i + 1;
            }
            float[] blocked = new float[BlockedLayout.size(batch, channels, 1, pixels)];
            Arrays.fill(blocked, Float.NaN);
            BlockedLayout.toBlocked(planar, blocked, batch, channels, pixels, workers, Run.inference());
            int blocks = BlockedLayout.blocks(channels);
            for (int i = 0; i < blocked.length; i++) {
                int channel = i / 16 / pixels % blocks * 16 + i % 16;
                int image = i / 16 / pixels / blocks;
                float expected =
                        channel < channels ? planar[(image * channels + channel) * pixels + i / 16 % pixels] : 0f;
                assertThat(blocked[i]).isEqualTo(expected);
            }
            float[] back = new float[planar.length];
            BlockedLayout.toPlanar(blocked, back, batch, channels, pixels, workers, Run.inference());
            assertThat(back).isEqualTo(planar);
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void refusesWhatNoArrayHolds() {
        assertThat(BlockedLayout.size(1, 64, 5000, 5000)).isEqualTo(1_600_000_000);
        assertThatThrownBy(() -> BlockedLayout.size(1, 65, 6000, 6000))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("80 planes of 36000000 pixels");
    }

    @Test
    void paddingModesCountAsDocumented() {
        int[] reflect = {2, 1, 0, 1, 2, 3, 2, 1};
        int[] replicate = {0, 0, 0, 1, 2, 3, 3, 3};
        int[] circular = {2, 3, 0, 1, 2, 3, 0, 1};
        int[] symmetric = {1, 0, 0, 1, 2, 3, 3, 2};
        int[] zero = {-1, -1, 0, 1, 2, 3, -1, -1};
        assertThat(PaddingMode.REFLECT.sources(4, 2, 2, 8)).isEqualTo(reflect);
        assertThat(PaddingMode.REPLICATE.sources(4, 2, 2, 8)).isEqualTo(replicate);
        assertThat(PaddingMode.CIRCULAR.sources(4, 2, 2, 8)).isEqualTo(circular);
        assertThat(PaddingMode.SYMMETRIC.sources(4, 2, 2, 8)).isEqualTo(symmetric);
        assertThat(PaddingMode.ZERO.sources(4, 2, 2, 8)).isEqualTo(zero);
        assertThat(PaddingMode.CIRCULAR.sources(4, 2, 2, 10)).endsWith(-1, -1);
    }
}
