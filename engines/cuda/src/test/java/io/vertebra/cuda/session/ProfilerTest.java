package io.vertebra.cuda.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.emulated.EmulatedDevice;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A profile names what ran, and a training goes on as if there had been none. */
class ProfilerTest {
    private final Graph graph = RefusedMemoryTest.trained();
    private final Groups groups = Groups.all(graph, 1e-2);

    private TrainingState fresh() {
        return TrainingState.fresh(graph, Parameters.initialize(graph, 1), RefusedMemoryTest.UPDATE, groups);
    }

    private float[][] saved(Session session) {
        TrainingState state = fresh();
        session.save(state);
        List<float[]> values = new ArrayList<>(state.slots().values());
        for (Parameters part : List.of(state.parameters(), state.ema().orElseThrow())) {
            part.names().forEach(name -> values.add(part.get(name)));
        }
        return values.toArray(float[][]::new);
    }

    @Test
    void aStepIsProfiledAndPutBack() {
        Options options = Options.training(Precision.FP32, RefusedMemoryTest.UPDATE, groups, 5);
        try (Session session = CudaBackend.open(graph, fresh(), options, new EmulatedDevice())) {
            session.step(RefusedMemoryTest.batch(2, 1), Scalars.of(0.1, 0));
            float[][] before = saved(session);
            List<Session.Timing> rows = session.profile(RefusedMemoryTest.batch(2, 2), 2);
            assertThat(saved(session)).isDeepEqualTo(before);

            assertThat(rows)
                    .allSatisfy(row -> assertThat(row.milliseconds()).isPositive())
                    .extracting(Session.Timing::pass)
                    .contains("forward", "backward data", "backward weights");
            assertThat(rows).extracting(Session.Timing::name).contains("fc", "loss", "logits");
            assertThat(rows)
                    .anyMatch(row -> row.name().startsWith("conv")
                            && row.operator().equals("convolution")
                            && row.implementation().equals("emulated"));
            Session.Timing last = rows.get(rows.size() - 1);
            assertThat(last)
                    .usingRecursiveComparison()
                    .ignoringFields("milliseconds", "bytes")
                    .isEqualTo(new Session.Timing("parameters", "optimizer", "update", "kernel:adam_w", 0, 0));
            int layers = 8 * 3 * 9 + 2 * 8 + 4 * 8 + 4; // what is trained
            assertThat(last.bytes())
                    .as("weights, gradients, two moments, average")
                    .isBetween(5L * 4 * layers, 1L << 14);
        }
    }

    @Test
    void bytesAreThoseOfTheTensors() {
        Options options = Options.inference(Precision.FP32);
        Graph inference = graph.withOutputs("logits");
        try (Session session =
                CudaBackend.open(inference, Parameters.initialize(inference, 1), options, new EmulatedDevice())) {
            List<Session.Timing> rows = session.profile(RefusedMemoryTest.batch(2, 2), 1);
            assertThat(rows)
                    .as("pixels, taps, bias, maps; features, weights, bias, logits; the loss is not asked for")
                    .filteredOn(r -> r.macs() > 0)
                    .extracting(Session.Timing::bytes)
                    .containsExactly(4L * (96 + 216 + 8 + 256), 4L * (16 + 32 + 4 + 8));
        }
    }
}
