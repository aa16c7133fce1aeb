package io.vertebra.cuda.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emulated.KernelBench;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.engine.UpdateFormulas;
import io.vertebra.graph.session.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every step is that of {@code UpdateFormulas}, segment by segment; the card may fuse products and sums. */
class UpdaterTest {
    private static final float ROUNDING = 1e-6f;

    /** Two groups with a gap between them and behind them; neither is whole packs. */
    private static final List<ParameterLayout.Segment> SEGMENTS = List.of(
            segment(new Groups.Group(1, 0.05, true), 4, 1027), segment(new Groups.Group(0.1, 0, true), 1040, 2));

    private static final int LENGTH = 1050;

    private KernelBench bench;

    private static ParameterLayout.Segment segment(Groups.Group group, long first, long length) {
        return new ParameterLayout.Segment(group, first * Float.BYTES, length * Float.BYTES);
    }

    private static int first(ParameterLayout.Segment segment) {
        return (int) (segment.offset() / Float.BYTES);
    }

    /** One behind the last. */
    private static int end(ParameterLayout.Segment segment) {
        return (int) ((segment.offset() + segment.bytes()) / Float.BYTES);
    }

    @BeforeEach
    void open() {
        bench = new KernelBench();
    }

    @AfterEach
    void close() {
        if (bench != null) {
            bench.close();
        }
    }

    static Stream<Optimizer> rules() {
        return Stream.of(
                new Optimizer.Sgd(0, false),
                new Optimizer.Sgd(0.9, false),
                new Optimizer.Sgd(0.8, true),
                new Optimizer.AdamW(0.9, 0.999, 1e-8),
                new Optimizer.AdamW(0, 0.5, 0.1));
    }

    private static float[] random(long seed, int length) {
        float[] values = new float[length];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static List<float[]> slots(Optimizer rule) {
        List<float[]> slots = new ArrayList<>();
        for (int i = 0; i < rule.slots().size(); i++) {
            float[] values = random(20 + i, LENGTH);
            for (int k = 0; k < LENGTH; k++) {
                values[k] = Math.abs(values[k]);
            }
            slots.add(values);
        }
        return slots;
    }

    /** Moves host arrays as the formulas say. */
    private static void expect(
            Optimizer rule, float[] w, float[] g, List<float[]> slots, double scale, Scalars scalars) {
        for (ParameterLayout.Segment s : SEGMENTS) {
            int from = first(s);
            int to = end(s);
            float[] weights = Arrays.copyOfRange(w, from, to);
            float[] gradients = Arrays.copyOfRange(g, from, to);
            List<float[]> parts = slots.stream()
                    .map(slot -> Arrays.copyOfRange(slot, from, to))
                    .toList();
            double rate = scalars.learningRate() * s.group().rateFactor();
            double decay = s.group().decay();
            if (rule instanceof Optimizer.Sgd sgd) {
                float[] momentum = parts.isEmpty() ? null : parts.get(0);
                UpdateFormulas.sgd(sgd, weights, gradients, momentum, scale, rate, decay);
            } else if (rule instanceof Optimizer.AdamW adamW) {
                UpdateFormulas.adamW(
                        adamW, weights, gradients, parts.get(0), parts.get(1), scale, rate, decay, scalars.step());
            }
            System.arraycopy(weights, 0, w, from, weights.length);
            for (int i = 0; i < parts.size(); i++) {
                System.arraycopy(parts.get(i), 0, slots.get(i), from, weights.length);
            }
        }
    }

    private void run(List<Step> steps) {
        steps.forEach(Step::run);
        bench.device().check();
    }

    private void assertClose(DeviceMemory actual, float[] expected) {
        assertThat(bench.floats(actual, Type.F32)).containsExactly(expected, within(ROUNDING));
    }

    private Updater updater(
            Update update, DeviceMemory w, DeviceMemory g, List<DeviceMemory> slots, long ema, long sums) {
        List<Long> addresses = slots.stream().map(DeviceMemory::address).toList();
        return new Updater(
                bench.device(),
                update,
                SEGMENTS,
                new Updater.Arenas(w.address(), LENGTH * Float.BYTES, g.address(), addresses, ema, sums));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void followsTheFormulasStepByStepAndLeavesTheRestAlone(Optimizer rule) {
        float[] w = random(1, LENGTH);
        float[] g = random(2, LENGTH);
        List<float[]> slots = slots(rule);
        DeviceMemory weights = bench.put(Type.F32, w);
        List<DeviceMemory> arrays =
                slots.stream().map(slot -> bench.put(Type.F32, slot)).toList();
        try (Updater updater = updater(Update.of(rule), weights, bench.put(Type.F32, g), arrays, 0, 0)) {
            for (int step = 0; step < 3; step++) {
                Scalars scalars = Scalars.of(0.1 / (step + 1), step);
                expect(rule, w, g, slots, 1, scalars);
                updater.set(scalars);
                run(updater.applyGradients());
            }
        }
        assertClose(weights, w);
        for (int i = 0; i < slots.size(); i++) {
            assertClose(arrays.get(i), slots.get(i));
        }
    }

    @Test
    void appliesTheMeanOfMicroBatches() {
        Optimizer rule = new Optimizer.Sgd(0.9, false);
        float[] w = random(1, LENGTH);
        List<float[]> slots = slots(rule);
        DeviceMemory weights = bench.put(Type.F32, w);
        DeviceMemory momentum = bench.put(Type.F32, slots.get(0));
        DeviceMemory sums = bench.room(Type.F32, LENGTH); // not a number before the first
        DeviceMemory gradients = bench.room(Type.F32, LENGTH);
        try (Updater updater = updater(Update.of(rule), weights, gradients, List.of(momentum), 0, sums.address())) {
            for (int step = 0; step < 2; step++) {
                float[] total = new float[LENGTH];
                for (int micro = 0; micro < 3; micro++) {
                    float[] g = random(10 * step + micro, LENGTH);
                    for (int i = 0; i < LENGTH; i++) {
                        total[i] += g[i];
                    }
                    overwrite(gradients, g);
                    updater.set(new Scalars(0.1, step, micro, micro == 2));
                    run(updater.accumulate());
                }
                run(updater.applySums());
                expect(rule, w, total, slots, 1 / 3.0, Scalars.of(0.1, step));
            }
        }
        assertClose(weights, w);
        assertClose(momentum, slots.get(0));
    }

    private void overwrite(DeviceMemory memory, float[] values) {
        try (var host = bench.device().pin(memory.bytes(), "test");
                var step = bench.device().upload(host, 0, memory.address(), memory.bytes())) {
            host.bytes().asFloatBuffer().put(values);
            step.run();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 10, 1e6})
    void clipsByTheNormOfTheMeanGradient(double limit) {
        Optimizer rule = new Optimizer.Sgd(0, false);
        float[] w = random(1, LENGTH);
        float[] g = random(2, LENGTH);
        double squares = 0;
        for (ParameterLayout.Segment s : SEGMENTS) { // the gap has gradients too, which do not count
            squares += UpdateFormulas.squares(Arrays.copyOfRange(g, first(s), end(s)));
        }
        DeviceMemory weights = bench.put(Type.F32, w);
        DeviceMemory gradients = bench.put(Type.F32, g);
        Scalars last = new Scalars(0.1, 0, 1, true);
        double mean = 0.5;
        double scale = mean * UpdateFormulas.clipFactor(Math.sqrt(squares) * mean, limit);
        assertThat(scale == mean).isEqualTo(limit == 1e6);
        try (Updater updater = updater(
                new Update(rule, limit, 0), weights, bench.room(Type.F32, 1), List.of(), 0, gradients.address())) {
            updater.set(last);
            run(updater.applySums());
        }
        expect(rule, w, g, List.of(), scale, last);
        assertClose(weights, w);
    }

    @Test
    void theNormOfALongSegmentIsASumInDouble() {
        // more than all blocks of the emulated device take at once; in float, 1e10 + 40000 would lose the ones
        int length = 40001;
        float[] g = new float[length];
        Arrays.fill(g, 1);
        g[5] = 1e5f;
        g[length - 1] = 2;
        float[] w = new float[length];
        DeviceMemory weights = bench.put(Type.F32, w);
        ParameterLayout.Segment all = segment(new Groups.Group(1, 0, true), 0, length);
        long gradients = bench.put(Type.F32, g).address();
        Updater.Arenas arenas =
                new Updater.Arenas(weights.address(), (long) length * Float.BYTES, gradients, List.of(), 0, 0);
        Update update = new Update(new Optimizer.Sgd(0, false), 1, 0);
        try (Updater updater = new Updater(bench.device(), update, List.of(all), arenas)) {
            updater.set(Scalars.of(1, 0));
            run(updater.applyGradients());
        }
        double norm = Math.sqrt(1e10 + length - 2 + 4);
        assertThat(bench.floats(weights, Type.F32)[5]).isCloseTo((float) (-1e5 / norm), within(1e-7f));
        assertThat(bench.floats(weights, Type.F32)[length - 1]).isCloseTo((float) (-2 / norm), within(1e-11f));
    }

    @Test
    void gradientsThatAreNoNumbersAreNotClippedAway() {
        float[] g = random(2, LENGTH);
        g[40] = Float.NaN;
        DeviceMemory weights = bench.put(Type.F32, random(1, LENGTH));
        Update update = new Update(new Optimizer.Sgd(0, false), 1, 0);
        try (Updater updater = updater(update, weights, bench.put(Type.F32, g), List.of(), 0, 0)) {
            updater.set(Scalars.of(1, 0));
            run(updater.applyGradients());
        }
        assertThat(bench.floats(weights, Type.F32)[4]).isNaN();
    }

    @Test
    void averagesAllWeightsAfterTheyMoved() {
        Optimizer rule = new Optimizer.Sgd(0, false);
        float[] w = random(1, LENGTH);
        float[] g = random(2, LENGTH);
        float[] average = random(3, LENGTH);
        DeviceMemory weights = bench.put(Type.F32, w);
        DeviceMemory ema = bench.put(Type.F32, average);
        try (Updater updater =
                updater(new Update(rule, 0, 0.75), weights, bench.put(Type.F32, g), List.of(), ema.address(), 0)) {
            updater.set(Scalars.of(0.1, 0));
            run(updater.applyGradients());
        }
        expect(rule, w, g, List.of(), 1, Scalars.of(0.1, 0));
        UpdateFormulas.ema(average, w, 0.75);
        assertClose(ema, average);
    }

    @Test
    void refusesWhatItHasNoMemoryFor() {
        DeviceMemory weights = bench.put(Type.F32, new float[LENGTH]);
        Update update = Update.of(new Optimizer.Sgd(0, false));
        try (Updater updater = updater(update, weights, weights, List.of(), 0, 0)) {
            assertThatThrownBy(updater::accumulate)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no memory was given for sums of gradients");
            assertThatThrownBy(updater::applySums).isInstanceOf(IllegalStateException.class);
        }
    }
}
