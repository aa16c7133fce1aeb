package io.vertebra.cuda.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.CudaEngine;
import io.vertebra.cuda.emulated.EmulatedDevice;
import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What only a session on a card does; the rest is the engines' contract. */
class CudaSessionTest {
    private static final long MIB = 1 << 20;

    private static Graph network() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.batchNorm("bn", g.conv("conv", g.image(3, -1, -1), Conv.of(3, 16)));
        g.output("y", g.globalAveragePool(g.activation(Function.RELU, x)));
        return g.build();
    }

    private static Batch batch(int pictures) {
        Shape shape = Shape.of(pictures, 3, 32, 32);
        return new Batch(Map.of("input", new Tensor.Floats(shape, new float[(int) shape.elements()])));
    }

    private static Session open(long capacity, Precision precision) {
        Engine engine = new CudaEngine(() -> new EmulatedDevice(capacity), "emulated", EmulatedDevice.CAPABILITY);
        return engine.open(network(), Parameters.zeros(network()), Options.inference(precision));
    }

    @Test
    void memoryThatDoesNotSufficeIsToldWithABatchThatFits() {
        try (Session session = open(2 * MIB, Precision.FP32)) {
            session.evaluate(batch(4));
            assertThatThrownBy(() -> session.evaluate(batch(64)))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.OUT_OF_MEMORY))
                    .hasMessageMatching(
                            ".*a pass over this batch.* needs \\d+ bytes, \\d+ are free.*; a batch of about \\d+ would fit");
            int fits = suggested(session);
            assertThat(fits).isBetween(5, 63);
            session.evaluate(batch(fits));
        }
    }

    private static int suggested(Session session) {
        try {
            session.evaluate(batch(64));
            throw new AssertionError("64 pictures fit");
        } catch (EngineException e) {
            return Integer.parseInt(e.getMessage().replaceAll(".*a batch of about (\\d+) would fit", "$1"));
        }
    }

    @Test
    void aModelThatHasNoRoomLeavesNothingBehind() {
        assertThatThrownBy(() -> open(1000, Precision.FP32))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("parameters");
    }

    @Test
    void closingTellsOfAFailedKernelAndFreesEverything() {
        EmulatedDevice device = new EmulatedDevice();
        Session session = new CudaEngine(() -> device, "emulated", EmulatedDevice.CAPABILITY)
                .open(network(), Parameters.zeros(network()), Options.inference(Precision.BF16));
        Batch next = batch(2);
        session.evaluate(batch(2));
        session.prefetch(next);
        device.breakDown();
        assertThatThrownBy(session::close)
                .isInstanceOf(EngineException.class)
                .hasMessage("emulated: an illegal address")
                .hasNoSuppressedExceptions();
        session.close();
        device.close(); // with nothing left
    }

    @Test
    void bf16HalvesTheActivations() {
        try (Session full = open(64 * MIB, Precision.FP32);
                Session half = open(64 * MIB, Precision.BF16)) {
            full.evaluate(batch(8));
            half.evaluate(batch(8));
            // the picture comes in as floats and is cast, so that not all is halved
            assertThat(half.memory().activations()).isLessThan(full.memory().activations() * 3 / 4);
        }
    }

    @Test
    void fp64IsRefused() {
        assertThatThrownBy(() -> open(MIB, Precision.FP64))
                .isInstanceOf(EngineException.class)
                .hasMessage(
                        "cuda: precision fp64 is not served; use precision fp32, tf32 or bf16, or engine dl4j for fp64");
    }
}
