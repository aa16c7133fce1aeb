package io.vertebra.tasks.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
    private static final Horizon EPOCHS = new Horizon(100, 10, true);
    private static final Horizon ITERATIONS = new Horizon(100, 10, false);

    @ParameterizedTest
    @CsvSource({"0, 1.0", "25, 0.8535533906", "50, 0.5", "75, 0.1464466094", "100, 0.0"}) // (1 + cos πt) / 2
    void cosineFallsFromOneToZero(long step, double factor) {
        assertThat(new Schedule.Cosine(null, null, null).factor(step, EPOCHS)).isCloseTo(factor, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"0, 0.1", "5, 0.55", "10, 1.0", "55, 0.6", "100, 0.2"}) // 10 of warm-up, then 90 from 1 to 0.2
    void cosineWithWarmUpAndFinalFactor(long step, double factor) {
        assertThat(new Schedule.Cosine(10, 0.1, 0.2).factor(step, EPOCHS)).isCloseTo(factor, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"0, 1.0", "29, 1.0", "30, 0.5", "79, 0.5", "80, 0.25", "99, 0.25"})
    void stepFallsAtEpochs(long step, double factor) {
        Schedule schedule = new Schedule.Step(List.of(3, 8), 0.5, null, null);
        assertThat(schedule.factor(step, EPOCHS)).isEqualTo(factor);
    }

    @ParameterizedTest
    @CsvSource({"2, 1.0", "3, 0.1", "7, 0.1", "8, 0.01"})
    void stepFallsAtIterationsWhereTheConfigCountsThem(long step, double factor) {
        Schedule schedule = new Schedule.Step(List.of(3, 8), null, null, null);
        assertThat(schedule.factor(step, ITERATIONS)).isCloseTo(factor, within(1e-15));
    }

    @Test
    void stepWarmsUpToo() {
        Schedule schedule = new Schedule.Step(List.of(1), 0.1, 20, 0.5);
        assertThat(schedule.factor(0, EPOCHS)).isEqualTo(0.5);
        assertThat(schedule.factor(10, EPOCHS))
                .isCloseTo(0.75 * 0.1, within(1e-15)); // half-way up, one milestone passed
        assertThat(schedule.factor(20, EPOCHS)).isCloseTo(0.1, within(1e-15));
    }

    @ParameterizedTest
    @CsvSource({"0, 1.0", "19, 1.0", "60, 0.5", "100, 0.0"})
    void polynomialOfPowerOneIsALineAfterTheWarmUp(long step, double factor) {
        Schedule schedule = new Schedule.Polynomial(1.0, null, 20, 1.0);
        assertThat(schedule.factor(step, ITERATIONS)).isCloseTo(factor, within(1e-12));
    }

    @Test
    void polynomialOfPowerTwoWithAFinalFactor() {
        Schedule schedule = new Schedule.Polynomial(2.0, 0.2, null, null);
        assertThat(schedule.factor(50, EPOCHS)).isCloseTo(0.4, within(1e-12)); // 0.2 + 0.8 · 0.25
        assertThat(schedule.factor(100, EPOCHS)).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void constantStaysAfterTheWarmUp() {
        Schedule schedule = new Schedule.Constant(4, null);
        assertThat(schedule.factor(0, EPOCHS)).isEqualTo(0.001);
        assertThat(schedule.factor(2, EPOCHS)).isCloseTo(0.5005, within(1e-12));
        assertThat(schedule.factor(4, EPOCHS)).isEqualTo(1.0);
        assertThat(schedule.factor(99, EPOCHS)).isEqualTo(1.0);
    }

    @Test
    void aWarmUpLongerThanTheTrainingNeverEnds() {
        assertThat(new Schedule.Cosine(200, 0.0, null).factor(100, EPOCHS)).isEqualTo(0.5);
    }

    @Test
    void aPointBehindTheEndIsTheEnd() {
        assertThat(new Schedule.Cosine(null, null, 0.25).factor(150, EPOCHS)).isEqualTo(0.25);
    }

    @Test
    void hasANameForEach() {
        assertThat(Schedule.NAMES.values()).containsExactlyInAnyOrderElementsOf(permitted(Schedule.class));
        assertThat(Schedule.NAMES).containsOnlyKeys("cosine", "step", "polynomial", "constant");
        assertThat(new Schedule.Polynomial(null, null, null, null).name()).isEqualTo("polynomial");
        assertThat(OptimizerConfig.NAMES.values())
                .containsExactlyInAnyOrderElementsOf(permitted(OptimizerConfig.class));
        assertThat(OptimizerConfig.NAMES).containsOnlyKeys("sgd", "adamw");
    }

    private static <T> List<Class<? extends T>> permitted(Class<T> type) {
        return Arrays.stream(type.getPermittedSubclasses())
                .<Class<? extends T>>map(c -> c.asSubclass(type))
                .toList();
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> new Schedule.Cosine(-1, null, null))
                .hasMessage("warmup_iterations: must be at least 0, is -1");
        assertThatThrownBy(() -> new Schedule.Constant(null, 1.5))
                .hasMessage("warmup_factor: must lie in [0, 1], is 1.5");
        assertThatThrownBy(() -> new Schedule.Polynomial(null, Double.NaN, null, null))
                .hasMessage("final_factor: must lie in [0, 1], is NaN");
        assertThatThrownBy(() -> new Schedule.Polynomial(0.0, null, null, null))
                .hasMessage("power: must be above 0, is 0.0");
        assertThatThrownBy(() -> new Schedule.Polynomial(Double.POSITIVE_INFINITY, null, null, null))
                .hasMessage("power: must be above 0, is Infinity");
        assertThatThrownBy(() -> new Schedule.Step(List.of(4, 4), null, null, null))
                .hasMessage("milestones[1]: must be at least 5, is 4");
        assertThatThrownBy(() -> new Schedule.Step(List.of(0), null, null, null))
                .hasMessage("milestones[0]: must be at least 1, is 0");
        assertThatThrownBy(() -> new Schedule.Step(null, -0.1, null, null))
                .hasMessage("gamma: must lie in [0, 1], is -0.1");
        assertThatThrownBy(() -> new Schedule.Step(null, null, -2, null)).hasMessageContaining("warmup_iterations");
        assertThatThrownBy(() -> new Schedule.Polynomial(null, null, null, -1.0))
                .hasMessageContaining("warmup_factor");
        assertThatThrownBy(() -> new Schedule.Cosine(null, null, 2.0)).hasMessageContaining("final_factor");
        assertThatThrownBy(() -> new Schedule.Cosine(null, 2.0, null)).hasMessageContaining("warmup_factor");
    }
}
