package io.vertebra.cuda.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.CudaEngine;
import io.vertebra.cuda.emulated.EmulatedDevice;
import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Wherever a card has no memory left, the caller is told, nothing stays behind, and what was refused can be asked for again
 * with the same result.
 */
class RefusedMemoryTest {
    static final Update UPDATE = new Update(new Optimizer.AdamW(0.9, 0.999, 1e-8), 1, 0.9);

    /** Its norm moves statistics: a step that is refused, and taken again, must not move them twice. */
    static Graph trained() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.relu(g.batchNorm("bn", g.conv("conv", g.image(3, Shape.ANY, Shape.ANY), Conv.of(3, 8))));
        Node logits = g.linear("fc", g.dropout(g.globalAveragePool(x), 0.3), 4);
        g.output("logits", logits);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -100)));
        return g.build();
    }

    /** Its norm is folded into copies of the weights. */
    private static Graph folded() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.batchNorm("bn", g.conv("conv", g.image(3, Shape.ANY, Shape.ANY), Conv.of(3, 8)));
        g.output("logits", g.linear("fc", g.globalAveragePool(g.relu(x)), 4));
        return g.build();
    }

    static Batch batch(int n, int seed) {
        float[] pixels = new float[n * 3 * 4 * 4];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextGaussian();
        }
        int[] labels = random.ints(n, 0, 4).toArray();
        return Batch.of(Tensor.of(pixels, n, 3, 4, 4), Tensor.of(labels, n));
    }

    private static Batch pictures(int n, int seed) {
        return new Batch(Map.of("input", batch(n, seed).inputs().get("input")));
    }

    /** A session and all that is asked of it, in order. */
    enum Script {
        INFERENCE {
            @Override
            Session open(CudaEngine engine) {
                return engine.open(folded(), Parameters.initialize(folded(), 1), Options.inference(Precision.BF16));
            }

            @Override
            List<Supplier<List<float[]>>> calls(Session session) {
                return List.of(
                        () -> answers(session.evaluate(pictures(1, 1))),
                        () -> answers(session.evaluate(pictures(3, 2))),
                        () -> answers(session.evaluate(pictures(1, 3))),
                        () -> profile(session, pictures(2, 4)),
                        () -> answers(session.evaluate(pictures(1, 1))));
            }
        },
        GRADIENTS {
            @Override
            Session open(CudaEngine engine) {
                Options options = Options.gradients(Precision.BF16, true);
                return engine.open(folded(), Parameters.initialize(folded(), 1), options);
            }

            @Override
            List<Supplier<List<float[]>>> calls(Session session) {
                Map<String, Tensor.Floats> ofLogits = Map.of("logits", Tensor.of(new float[] {1, 2, 3, 4}, 1, 4));
                return List.of(
                        () -> answers(session.gradients(pictures(1, 1), ofLogits)),
                        () -> answers(session.evaluate(pictures(1, 2))),
                        () -> answers(session.gradients(pictures(1, 3), ofLogits)));
            }
        },
        TRAINING {
            @Override
            Session open(CudaEngine engine) {
                return engine.open(trained(), state(), options());
            }

            private Options options() {
                return Options.training(Precision.BF16, UPDATE, Groups.all(trained(), 1e-2), 5);
            }

            private TrainingState state() {
                Parameters parameters = Parameters.initialize(trained(), 1);
                return TrainingState.fresh(
                        trained(), parameters, UPDATE, options().groups());
            }

            @Override
            List<Supplier<List<float[]>>> calls(Session session) {
                Set<String> logits = Set.of("logits");
                return List.of(
                        () -> answers(session.step(batch(2, 1), Scalars.of(0.1, 0))),
                        () -> answers(session.step(batch(2, 2), new Scalars(0.1, 1, 0, false))),
                        () -> profile(session, batch(2, 3)),
                        () -> answers(session.step(batch(4, 4), new Scalars(0.1, 1, 1, true))),
                        () -> answers(session.evaluate(pictures(2, 5), Session.Weights.EMA, logits)),
                        () -> answers(session.step(batch(2, 6), Scalars.of(0.1, 2))),
                        () -> answers(session.evaluate(pictures(2, 7), Session.Weights.LIVE, logits)),
                        () -> saved(session));
            }

            private List<float[]> saved(Session session) {
                TrainingState state = state();
                session.save(state);
                List<float[]> values = new ArrayList<>(state.slots().values());
                for (Parameters part : List.of(state.parameters(), state.ema().orElseThrow())) {
                    part.names().forEach(name -> values.add(part.get(name)));
                }
                return values;
            }
        };

        abstract Session open(CudaEngine engine);

        abstract List<Supplier<List<float[]>>> calls(Session session);

        private static List<float[]> answers(Outputs outputs) {
            return outputs.names().stream()
                    .map(name -> outputs.get(name).data().clone())
                    .toList();
        }

        private static List<float[]> profile(Session session, Batch batch) {
            return List.of(new float[] {session.profile(batch, 1).size()});
        }
    }

    /** All that a session answers; what is refused is asked for again. */
    private static float[][] run(Script script, EmulatedDevice device) {
        List<float[]> answers = new ArrayList<>();
        try (Session session = script.open(new CudaEngine(() -> device, "emulated", EmulatedDevice.CAPABILITY))) {
            for (Supplier<List<float[]>> call : script.calls(session)) {
                try {
                    answers.addAll(call.get());
                } catch (EngineException e) {
                    assertRefused(e, device);
                    answers.addAll(call.get());
                }
            }
        }
        return answers.toArray(float[][]::new);
    }

    private static void assertRefused(EngineException e, EmulatedDevice device) {
        assertThat(device.hasRefused()).isTrue();
        assertThat(e.kind()).isEqualTo(EngineException.Kind.OUT_OF_MEMORY);
        assertThat(e).hasMessageContaining("no memory for");
    }

    @ParameterizedTest
    @EnumSource
    void everyRefusalIsToldOnceAndForgotten(Script script) {
        float[][] expected = run(script, new EmulatedDevice());
        int opening = 0;
        int running = 0;
        for (int given = 0; ; given++) {
            EmulatedDevice device = new EmulatedDevice();
            device.refuseAfter(given);
            try {
                assertThat(run(script, device)).as("after %d", given).isDeepEqualTo(expected);
                if (!device.hasRefused()) {
                    break;
                }
                running++;
            } catch (EngineException e) { // the session did not open
                assertRefused(e, device);
                opening++;
            }
            device.close(); // with nothing left
        }
        assertThat(opening).isGreaterThanOrEqualTo(2); // the parameters, and host memory to bring them
        assertThat(running)
                .isGreaterThanOrEqualTo(3 * 2); // three shapes at least, each with doors and an arena or tables
        assertThat(Arrays.stream(expected).mapToInt(values -> values.length).sum())
                .isPositive();
    }
}
