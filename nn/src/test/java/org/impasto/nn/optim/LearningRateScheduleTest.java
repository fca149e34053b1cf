package org.impasto.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {
    @Test
    void halving() {
        LearningRateSchedule schedule = LearningRateSchedule.halving(0.8, 3);
        assertThat(new double[] {
                    schedule.rate(0), schedule.rate(2), schedule.rate(3), schedule.rate(5), schedule.rate(9)
                })
                .containsExactly(0.8, 0.8, 0.4, 0.4, 0.1);
    }

    @Test
    void cosineFallsToItsLastValueAndStaysThere() {
        LearningRateSchedule schedule = LearningRateSchedule.cosine(1, 0.2, 100);
        assertThat(schedule.rate(0)).isEqualTo(1);
        assertThat(schedule.rate(50)).isCloseTo(0.6, within(1e-15));
        assertThat(schedule.rate(25)).isCloseTo(0.6 + 0.4 * Math.sqrt(0.5), within(1e-15));
        assertThat(schedule.rate(100)).isEqualTo(0.2);
        assertThat(schedule.rate(Long.MAX_VALUE)).isEqualTo(0.2);
    }

    @Test
    void warmUpRisesLinearlyAndThenTheScheduleBegins() {
        LearningRateSchedule schedule = LearningRateSchedule.stepwise(1, 2, 0.1).afterWarmUp(4);
        assertThat(new double[] {
                    schedule.rate(0),
                    schedule.rate(1),
                    schedule.rate(3),
                    schedule.rate(4),
                    schedule.rate(5),
                    schedule.rate(6)
                })
                .containsExactly(0.25, 0.5, 1, 1, 1, 0.1);
        assertThat(LearningRateSchedule.constant(0.3).afterWarmUp(0).rate(0)).isEqualTo(0.3);
    }

    @Test
    void badNumbersAreRefused() {
        assertThatThrownBy(() -> LearningRateSchedule.constant(-1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> LearningRateSchedule.constant(Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> LearningRateSchedule.halving(1, 0)).hasMessageContaining("every");
        assertThatThrownBy(() -> LearningRateSchedule.cosine(1, 0, 0)).hasMessageContaining("steps");
        assertThatThrownBy(() -> LearningRateSchedule.constant(1).afterWarmUp(-1))
                .hasMessageContaining("warm-up");
    }
}
