package io.vertebra.cuda.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.cuda.emulated.EmulatedDevice;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When gradients are added up, and when the weights move. */
class WeightUpdateTest {
    private static final Update UPDATE = Update.of(new Optimizer.Sgd(0, false));
    private static final String WEIGHT = "fc.weight";
    private static final int LENGTH = 2 * 3;

    private final Graph graph = graph();
    private final EmulatedDevice device = new EmulatedDevice();
    private final CudaMasters masters =
            new CudaMasters(device, graph, Options.training(Precision.FP32, UPDATE, Groups.all(graph, 0), 0));
    private final WeightUpdate update = new WeightUpdate(device, UPDATE, masters);

    private static Graph graph() {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.linear("fc", g.input("x", io.vertebra.graph.op.DataType.F32, Shape.of(Shape.ANY, 3)), 2));
        return g.build();
    }

    @AfterEach
    void close() {
        update.close();
        masters.close();
        device.close();
    }

    private void step(float gradient, Scalars scalars) {
        float[] gradients = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            gradients[i] = gradient * (i + 1);
        }
        masters.write(WEIGHT, masters.gradients(), gradients);
        update.prepare(scalars);
        update.step(scalars);
    }

    /** Weights that began at zero are so many times 1, 2, ... */
    private void assertWeights(double factor) {
        float[] weights = new float[LENGTH];
        masters.read(WEIGHT, masters.weights(), weights);
        for (int i = 0; i < LENGTH; i++) {
            assertThat(weights[i]).isCloseTo((float) (factor * (i + 1)), within(1e-5f));
        }
    }

    @Test
    void microBatchesAreAddedUpAndTheirMeanIsAppliedTwice() {
        assertThat(update.bytes()).isZero();
        step(1, new Scalars(0.5, 0, 0, false));
        assertThat(update.bytes()).isEqualTo(masters.gradients().bytes());
        step(3, new Scalars(0.5, 0, 1, false));
        assertWeights(0);
        step(8, new Scalars(0.5, 0, 2, true));
        assertWeights(-0.5 * 4);
        step(2, new Scalars(0.5, 1, 0, false));
        assertWeights(-0.5 * 4);
        step(6, new Scalars(0.5, 1, 1, true));
        assertWeights(-0.5 * (4 + 4));
    }

    @Test
    void aBatchAloneNeedsNoSums() {
        step(1, Scalars.of(0.5, 0));
        step(2, Scalars.of(0.5, 1));
        assertWeights(-0.5 * 3);
        assertThat(update.bytes()).isZero();
    }

    @Test
    void aBatchAloneComesBetweenThoseThatAreAddedUp() {
        step(1, new Scalars(1, 0, 0, false));
        step(3, new Scalars(1, 0, 1, true));
        step(7, Scalars.of(1, 1));
        assertWeights(-2 - 7);
    }

    @Test
    void timingAppliesTheGradientsAndLeavesTheSums() {
        step(1, new Scalars(1, 0, 0, false));
        assertThat(update.time(Scalars.of(1, 0))).isPositive();
        assertWeights(-1);
        step(3, new Scalars(1, 0, 1, true));
        assertWeights(-1 - 2);
        assertThat(update.implementation()).isEqualTo("kernel:sgd");
    }
}
