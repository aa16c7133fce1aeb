package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Exhaustive;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The smallest network of each family learns in bf16, or in fp32 where the processor has no bf16: steps reach every parameter and
 * lower the loss of their batch.
 */
@Tag("slow")
class TrainingStepTest {
    private static final int CLASSES = 10;
    private static final int SIDE = 96;

    /** Of networks for CIFAR, which keep more cells. */
    private static final int SMALL_SIDE = 64;

    private static final int PICTURES = 4;
    private static final double RATE = 3e-4;

    /** Where rounding to bf16 moves the loss as much as three small steps do: by 0.1 in Inception v4. */
    private static final double LARGE_RATE = 2e-3;

    private static final int STEPS = 3;
    private static final Update SGD = Update.of(new Optimizer.Sgd(0.9, false));

    /** Large ones whose blocks others have too. */
    private static final Set<String> LARGE =
            Set.of("zfnet", "inception_v3", "inception_v4", "inception_resnet_v2", "darknet53", "xception41");

    /** But VGG's: half a minute for operators that AlexNet and ResNet have too. */
    static List<String> smallest() {
        return Exhaustive.without(LARGE, ofEachFamily());
    }

    private static List<String> ofEachFamily() {
        return Backbones.FAMILIES.stream()
                .filter(family -> !(family instanceof Vgg))
                .map(family -> family.variants().stream()
                        .min(Comparator.comparingLong(
                                name -> Networks.classifier(name).parameterCount()))
                        .orElseThrow())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("smallest")
    void learns(String name) {
        check("onednn", name, name.contains("cifar") ? SMALL_SIDE : SIDE);
    }

    /** The kernels of the engine cuda, run on the processor. */
    @Test
    void kernelsOfCudaLearn() {
        check("cuda-emulated", "shufflenet_v2_x0_5", SIDE);
    }

    private static void check(String engine, String name, int side) {
        Engine fast = Engines.named(engine);
        Backbone<?> backbone = Networks.undropped(name);
        Graph graph = Networks.training(backbone, CLASSES);
        Groups groups = Groups.all(graph, 0);
        TrainingState state = TrainingState.fresh(graph, Parameters.initialize(graph, 1), SGD, groups);
        Tensor.Floats pictures =
                Formula.tensor("input", PICTURES, backbone.config().inChannels(), side, side);
        Batch batch = Batch.of(pictures, new Tensor.Ints(Shape.of(PICTURES), new int[] {0, 3, 7, 9}));
        try (Session session = fast.open(graph, state, Options.training(fast.preferred(), SGD, groups, 1))) {
            double rate = name.equals("inception_v4") ? LARGE_RATE : RATE;
            float first = loss(session, batch, rate, 0);
            for (int step = 1; step < STEPS; step++) {
                loss(session, batch, rate, step);
            }
            assertThat(first).isBetween(0.1f, 100f);
            assertThat(loss(session, batch, rate, STEPS)).isLessThan(first);
            session.save(state);
        }
        for (ParameterSpec p : graph.parameters()) {
            assertThat(Distance.largest(state.parameters().get(p.name())))
                    .as(p.name())
                    .isFinite();
            if (p.isTrainable()) {
                assertThat(Distance.largest(state.slot("momentum", p.name())))
                        .as(p.name())
                        .isPositive();
            }
        }
    }

    private static float loss(Session session, Batch batch, double rate, long step) {
        return session.step(batch, Scalars.of(rate, step)).get("loss").data()[0];
    }
}
