package io.vertebra.graph.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The float formulas against PyTorch's float64, over four steps; see {@code tools/goldens/graph_updates.py}. */
class UpdateFormulasTest {
    /** Four steps of float arithmetic on numbers near 1. */
    private static final float TOLERANCE = 2e-6f;

    private static final int[] SIZES = {5, 3};

    static Stream<Case> goldens() throws IOException {
        JsonNode file = file();
        return StreamSupport.stream(file.get("cases").spliterator(), false).map(Case::new);
    }

    private static JsonNode file() throws IOException {
        try (InputStream in = UpdateFormulasTest.class.getResourceAsStream("/goldens/updates.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    record Case(JsonNode json) {
        @Override
        public String toString() {
            return json.get("name").asText();
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void updatesAsPyTorchDoes(Case golden) throws IOException {
        JsonNode json = golden.json();
        JsonNode rates = file().get("rates");
        double limit = json.get("clip").asDouble();
        List<float[]> weights = new ArrayList<>();
        List<float[]> first = new ArrayList<>();
        List<float[]> second = new ArrayList<>();
        for (int i = 0; i < SIZES.length; i++) {
            weights.add(numbers(i, SIZES[i]));
            first.add(new float[SIZES[i]]);
            second.add(new float[SIZES[i]]);
        }
        for (int step = 0; step < rates.size(); step++) {
            double squares = 0;
            for (int i = 0; i < SIZES.length; i++) {
                squares += UpdateFormulas.squares(gradient(step, i));
            }
            if (limit > 0) {
                assertThat(Math.sqrt(squares))
                        .isCloseTo(json.get("norms").get(step).asDouble(), within(1e-6));
            }
            double clip = UpdateFormulas.clipFactor(Math.sqrt(squares), limit);
            for (int i = 0; i < SIZES.length; i++) {
                double rate = rates.get(step).asDouble();
                double decay = i == 0 ? json.get("decay").asDouble() : 0;
                // the gradient comes as the sum of two batches, whose mean is wanted
                float[] sum = gradient(step, i);
                for (int k = 0; k < sum.length; k++) {
                    sum[k] *= 2;
                }
                update(
                        json.get("optimizer"),
                        weights.get(i),
                        sum,
                        first.get(i),
                        second.get(i),
                        clip / 2,
                        rate,
                        decay,
                        step);
            }
        }
        for (int i = 0; i < SIZES.length; i++) {
            assertThat(weights.get(i))
                    .containsExactly(floats(json.get("parameters").get(i)), within(TOLERANCE));
            JsonNode slots = json.get("slots").get(i);
            if (slots.has("momentum")) {
                assertThat(first.get(i)).containsExactly(floats(slots.get("momentum")), within(TOLERANCE));
            }
            if (slots.has("exp_avg")) {
                assertThat(first.get(i)).containsExactly(floats(slots.get("exp_avg")), within(TOLERANCE));
                // small: (1 − β₂)g²
                assertThat(second.get(i))
                        .containsExactly(floats(slots.get("exp_avg_sq")), within(2e-9f + TOLERANCE * 0.01f));
            }
        }
    }

    private static void update(
            JsonNode optimizer,
            float[] w,
            float[] gradient,
            float[] first,
            float[] second,
            double scale,
            double rate,
            double decay,
            int step) {
        if (optimizer.get("name").asText().equals("sgd")) {
            Optimizer.Sgd rule = new Optimizer.Sgd(
                    optimizer.get("momentum").asDouble(),
                    optimizer.get("nesterov").asBoolean());
            float[] momentum = rule.slots().isEmpty() ? null : first;
            UpdateFormulas.sgd(rule, w, gradient, momentum, scale, rate, decay);
        } else {
            Optimizer.AdamW rule = new Optimizer.AdamW(
                    optimizer.get("beta1").asDouble(),
                    optimizer.get("beta2").asDouble(),
                    optimizer.get("epsilon").asDouble());
            UpdateFormulas.adamW(rule, w, gradient, first, second, scale, rate, decay, step);
        }
    }

    private static float[] gradient(int step, int i) {
        return numbers(100 + 10 * step + i, SIZES[i]);
    }

    /** The script's numbers. */
    private static float[] numbers(long seed, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            long k = i + 1L;
            numbers[i] = (float) ((k * k * 31 + k * 7919 + seed * 104729) % 100003 / 50001.5 - 1);
        }
        return numbers;
    }

    private static float[] floats(JsonNode values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values.get(i).asDouble();
        }
        return floats;
    }

    @Test
    void keepsAdamsSmallShareExact() {
        // 1 − 0.999f would be off by 5e-5
        float[] v = {0};
        UpdateFormulas.adamW(
                new Optimizer.AdamW(0.9, 0.999, 1e-8), new float[1], new float[] {1}, new float[1], v, 1, 0, 0, 0);
        assertThat(v[0]).isCloseTo(0.001f, within(1e-10f));
    }

    @Test
    void clipsToTheLimitOrNotAtAll() {
        assertThat(UpdateFormulas.clipFactor(10, 0)).isEqualTo(1);
        assertThat(UpdateFormulas.clipFactor(0.5, 1)).isEqualTo(1);
        assertThat(UpdateFormulas.clipFactor(0, 1)).isEqualTo(1);
        assertThat(UpdateFormulas.clipFactor(4, 1) * 4)
                .isCloseTo(1, within(1e-6))
                .isLessThan(1);
        // PyTorch: 1 / (1 + 1e-6)
        assertThat(UpdateFormulas.clipFactor(1, 1)).isCloseTo(1 - 1e-6, within(1e-11));
    }

    @Test
    void sumsSquaresBeyondFloat() {
        assertThat(UpdateFormulas.squares(new float[] {3, 4})).isEqualTo(25);
        assertThat(UpdateFormulas.squares(new float[] {1e30f, -1e30f})).isCloseTo(2e60, within(1e54));
        float[] many = new float[1 << 22];
        java.util.Arrays.fill(many, 3);
        many[0] = 1000;
        assertThat(UpdateFormulas.squares(many)).isEqualTo(9.0 * ((1 << 22) - 1) + 1e6);
        assertThat(UpdateFormulas.squares(new float[0])).isZero();
    }

    @Test
    void averagesTowardsTheValue() {
        float[] average = {1, -2, 0};
        float[] value = {3, 2, 8};
        UpdateFormulas.ema(average, value, 0.75);
        assertThat(average).containsExactly(1.5f, -1, 2);
        assertThat(value).containsExactly(3, 2, 8);
    }
}
