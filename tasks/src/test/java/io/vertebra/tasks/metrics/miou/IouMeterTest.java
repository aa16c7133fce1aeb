package io.vertebra.tasks.metrics.miou;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.images.LabelMap;
import io.vertebra.tasks.metrics.Shared;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class IouMeterTest {

    private static final String FOLDER = "data/miou_reference/";

    @TestFactory
    Stream<DynamicTest> isMmsegmentations() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode c : Shared.json(FOLDER + "expected.json").get("cases")) {
            tests.add(DynamicTest.dynamicTest(c.get("name").textValue(), () -> {
                compare(c, meter(c, false));
                compare(c, meter(c, true));
            }));
        }
        assertThat(tests).hasSize(9);
        return tests.stream();
    }

    private static IouMeter meter(JsonNode c, boolean raw) {
        JsonNode ignore = c.get("ignore_index");
        IouMeter meter = new IouMeter(
                c.get("num_classes").intValue(),
                ignore.isNull() ? OptionalInt.empty() : OptionalInt.of(ignore.intValue()),
                c.get("reduce_zero_label").booleanValue());
        for (JsonNode pair : c.get("pairs")) {
            LabelMap prediction = Shared.map(FOLDER + pair.get("pred").textValue());
            LabelMap label = Shared.map(FOLDER + pair.get("label").textValue());
            if (raw) {
                meter.add(ints(prediction), ints(label));
            } else {
                meter.add(prediction, label);
            }
        }
        return meter;
    }

    private static int[] ints(LabelMap map) {
        int[] values = new int[map.data().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = map.data()[i] & 0xFF;
        }
        return values;
    }

    private static void compare(JsonNode c, IouMeter meter) {
        JsonNode total = c.get("total");
        for (int k = 0; k < meter.classes(); k++) {
            assertThat(meter.intersection(k))
                    .isEqualTo(total.get("intersect").get(k).longValue());
            assertThat(meter.union(k)).isEqualTo(total.get("union").get(k).longValue());
            assertThat(meter.predicted(k)).isEqualTo(total.get("pred").get(k).longValue());
            assertThat(meter.labelled(k)).isEqualTo(total.get("label").get(k).longValue());
        }
        JsonNode nan = c.get("nan_to_num");
        IouResult result = meter.result(
                c.get("beta").doubleValue(),
                nan.isNull() ? OptionalDouble.empty() : OptionalDouble.of(nan.doubleValue()));
        assertThat(result.summary()).hasSize(c.get("summary").size());
        result.summary()
                .forEach((name, value) -> same(name, value, c.get("summary").get(name)));
        assertThat(result.perClass()).hasSize(c.get("per_class").size());
        result.perClass().forEach((name, values) -> {
            assertThat(values).hasSize(meter.classes());
            for (int k = 0; k < values.size(); k++) {
                same(
                        name + " of " + k,
                        values.get(k),
                        c.get("per_class").get(name).get(k));
            }
        });
    }

    private static void same(String name, double value, JsonNode expected) {
        if (expected.isNull()) {
            assertThat(value).as(name).isNaN();
        } else {
            assertThat(value).as(name).isCloseTo(expected.doubleValue(), within(1e-12));
        }
    }

    @Test
    void countsEveryConfusion() {
        IouMeter meter = new IouMeter(2, OptionalInt.of(255), false);
        meter.add(new int[] {0, 1, 1, 0, 9, -1, 1}, new int[] {0, 0, 1, 255, 1, 0, -7});
        long[][] expected = {{1, 1, 1}, {0, 1, 1}, {0, 1, 0}};
        for (int truth = 0; truth < 3; truth++) {
            for (int predicted = 0; predicted < 3; predicted++) {
                assertThat(meter.count(truth, predicted)).isEqualTo(expected[truth][predicted]);
            }
        }
        assertThat(meter.predicted(1)).isEqualTo(3);
        assertThat(meter.labelled(1)).isEqualTo(2);
        assertThat(meter.result().allAccuracy()).isEqualTo(2.0 / 5);
        assertThat(meter.result().mean("IoU")).isCloseTo((1 / 3.0 + 1 / 4.0) / 2, within(1e-15));
    }

    @Test
    void nothingIsIgnoredUnlessAsked() {
        IouMeter meter = new IouMeter(256, OptionalInt.empty(), false);
        LabelMap map = LabelMap.of(1, 2, new byte[] {-1, 3});
        meter.add(map, map);
        assertThat(meter.count(255, 255)).isEqualTo(1);
        assertThat(meter.result().mean("IoU")).isEqualTo(1);
    }

    @Test
    void anEmptyMeterKnowsNothing() {
        IouResult result = new IouMeter(3, OptionalInt.empty(), false).result();
        assertThat(result.summary().keySet())
                .containsExactly("aAcc", "mIoU", "mAcc", "mDice", "mFscore", "mPrecision", "mRecall");
        assertThat(result.summary().values()).allMatch(v -> v.isNaN());
    }

    @Test
    void refusesWhatDoesNotFit() {
        IouMeter meter = new IouMeter(2, OptionalInt.empty(), false);
        LabelMap wide = LabelMap.of(1, 2, new byte[2]);
        assertThatThrownBy(() -> meter.add(wide, LabelMap.of(2, 1, new byte[2])))
                .hasMessage("prediction: is 1x2, the label 2x1");
        assertThatThrownBy(() -> meter.add(wide, LabelMap.of(1, 1, new byte[1])))
                .hasMessage("prediction: is 1x2, the label 1x1");
        assertThatThrownBy(() -> meter.add(new int[1], new int[2])).hasMessage("prediction: has 1 values, the label 2");
        assertThatThrownBy(() -> new IouMeter(0, OptionalInt.empty(), false))
                .hasMessage("classes: must lie in [1, 4096], are 0");
        assertThatThrownBy(() -> new IouMeter(4097, OptionalInt.empty(), false))
                .hasMessage("classes: must lie in [1, 4096], are 4097");
        assertThat(new IouMeter(1, OptionalInt.empty(), false).classes()).isEqualTo(1);
        assertThat(new IouMeter(4096, OptionalInt.empty(), false).count(4096, 4096))
                .isZero();
        assertThatThrownBy(() -> meter.count(-1, 0)).hasMessage("truth: must lie in [0, 2], is -1");
        assertThatThrownBy(() -> meter.count(3, 0)).hasMessage("truth: must lie in [0, 2], is 3");
        assertThatThrownBy(() -> meter.count(0, -1)).hasMessage("predicted: must lie in [0, 2], is -1");
        assertThatThrownBy(() -> meter.count(0, 3)).hasMessage("predicted: must lie in [0, 2], is 3");
    }
}
