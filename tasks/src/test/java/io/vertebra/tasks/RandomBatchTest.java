package io.vertebra.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import io.vertebra.heads.Model;
import io.vertebra.tasks.classification.ClassificationProblem;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomBatchTest {
    private static final Model MODEL = Settings.model(Settings.part("classifier", 4));
    private static final Problem PROBLEM = new ClassificationProblem("", List.of("a", "b", "c", "d"), 0, false);

    private static RandomBatch batch(boolean asSamples) {
        return new RandomBatch(Shape.of(3, 3, 16, 8), PROBLEM, MODEL, asSamples);
    }

    @Test
    void itsPicturesAreNumbersOrBytesOfAllSizes() {
        Tensor.Floats floats = (Tensor.Floats) batch(false).feed().inputs().get("input");
        assertThat(floats.shape()).isEqualTo(Shape.of(3, 3, 16, 8));
        assertThat(floats.data()).doesNotHaveDuplicates();
        Tensor.Bytes bytes = (Tensor.Bytes) batch(true).feed().inputs().get("input");
        assertThat(bytes.shape()).isEqualTo(floats.shape());
        assertThat(bytes.data()).contains(Byte.MIN_VALUE, 0, Byte.MAX_VALUE);
        assertThat(bytes.values()[0]).isEqualTo(-0.485f / 0.229f);
    }

    @Test
    void itsTargetsAreClasses() {
        for (boolean asSamples : new boolean[] {false, true}) {
            RandomBatch batch = batch(asSamples);
            assertThat(batch.batch().valid()).isEqualTo(3);
            Tensor.Ints labels = (Tensor.Ints) batch.feed().inputs().get("labels");
            assertThat(labels.data()).hasSize(3);
            for (int label : labels.data()) {
                assertThat(label).isBetween(0, 3);
            }
        }
    }
}
