package io.vertebra.cuda.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.CudaEngine;
import io.vertebra.cuda.emulated.EmulatedDevice;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Activation.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is brought ahead, and what of it is used: told apart by arrays that change in between, which no caller may do. */
class PrefetcherTest {
    private final EmulatedDevice device = new EmulatedDevice();
    private final Session session = open();

    private Session open() {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.activation(Function.RELU, g.image(1, -1, -1)));
        Graph graph = g.build();
        return new CudaEngine(() -> device, "emulated", EmulatedDevice.CAPABILITY)
                .open(graph, Parameters.zeros(graph), Options.inference(Precision.FP32));
    }

    @AfterEach
    void end() {
        session.close(); // the device finds what is left
    }

    private static Batch batch(int pixels, float value) {
        float[] data = new float[pixels];
        java.util.Arrays.fill(data, value);
        return Batch.of(Tensor.of(data, 1, 1, 1, pixels));
    }

    private static void change(Batch batch) {
        java.util.Arrays.fill(((Tensor.Floats) batch.inputs().get("input")).data(), 99);
    }

    private float answer(Batch batch) {
        float[] y = session.evaluate(batch).get("y").data();
        assertThat(y).containsOnly(y[0]);
        return y[0];
    }

    @Test
    void aPassTakesWhatWasBroughtOnce() {
        Batch one = batch(100, 1);
        session.prefetch(one);
        change(one);
        assertThat(answer(one)).isEqualTo(1);
        assertThat(answer(one)).isEqualTo(99);
    }

    @Test
    void itIsTheObjectThatCounts() {
        Batch one = batch(100, 1);
        session.prefetch(one);
        change(one);
        assertThat(answer(new Batch(one.inputs()))).isEqualTo(99);
        assertThat(answer(one)).isEqualTo(1);
    }

    @Test
    void theNextOneWaitsBehindTheOneThatIsAboutToBeUsed() {
        Batch[] batches = {batch(100, 1), batch(50, 2), batch(200, 3), batch(10, 4)};
        session.prefetch(batches[0]);
        for (int i = 0; i < batches.length; i++) {
            if (i + 1 < batches.length) {
                session.prefetch(batches[i + 1]);
                change(batches[i + 1]);
            }
            if (i > 0) {
                assertThat(answer(batches[i])).isEqualTo(i + 1);
            } else {
                assertThat(answer(batches[0])).isEqualTo(1);
            }
        }
    }

    @Test
    void aThirdOneReplacesTheSecond() {
        Batch[] batches = {batch(10, 1), batch(10, 2), batch(10, 3)};
        for (Batch batch : batches) {
            session.prefetch(batch);
            change(batch);
        }
        assertThat(answer(batches[1])).isEqualTo(99);
        assertThat(answer(batches[0])).isEqualTo(1);
        assertThat(answer(batches[2])).isEqualTo(3);
    }

    @Test
    void theSecondOneIsUsedWithoutTheFirst() {
        Batch[] batches = {batch(10, 1), batch(10, 2)};
        for (Batch batch : batches) {
            session.prefetch(batch);
            change(batch);
        }
        assertThat(answer(batches[1])).isEqualTo(2);
        assertThat(answer(batches[0])).isEqualTo(99);
    }

    @Test
    void memoryIsCountedAndThatOfTheLargestBatchTwice() {
        long before = session.memory().scratch();
        session.prefetch(batch(1000, 1));
        assertThat(session.memory().scratch() - before).isEqualTo(2 * 4096); // a multiple of 256
        for (int i = 0; i < 5; i++) {
            session.prefetch(batch(500 + i, 1));
        }
        assertThat(session.memory().scratch() - before).isEqualTo(2 * 4096);
        session.prefetch(batch(2000, 2));
        assertThat(session.memory().scratch() - before).isEqualTo(4096 + 8192); // it has not gone up yet
    }

    @Test
    void withoutMemoryForItAPassDoesWithout() {
        for (int given = 0; given < 2; given++) { // of the host, of the card
            Batch one = batch(100, 1);
            device.refuseAfter(given);
            session.prefetch(one);
            assertThat(device.hasRefused()).isTrue();
            change(one);
            assertThat(answer(one)).isEqualTo(99);
        }
        Batch two = batch(100, 2);
        session.prefetch(two);
        change(two);
        assertThat(answer(two)).isEqualTo(2);
    }

    @Test
    void whatGoesWrongIsToldByThePassThatWouldHaveUsedIt() {
        Batch one = batch(100, 1);
        Batch two = batch(100, 2);
        device.breakUploads(true);
        session.prefetch(one);
        device.breakUploads(false);
        assertThat(answer(two)).isEqualTo(2);
        assertThatThrownBy(() -> session.evaluate(one))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("the bus is broken");
        assertThat(answer(one)).isEqualTo(1);
        session.prefetch(two);
        change(two);
        assertThat(answer(two)).isEqualTo(2);
    }
}
