package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.CounterHash;
import io.vertebra.graph.engine.Engine;
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
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.region.RegionDrawer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a session gives the operators between the stages of a detector. */
class RegionKernelsTest {
    private static final RegionSamples SAMPLES = new RegionSamples(3, 0.5, 0.5);
    private static final long SEED = 3;
    private static Engine engine;

    @BeforeAll
    static void load() {
        engine = new Dl4jProvider().create();
    }

    /** A classifier of regions that are drawn. */
    private static Graph drawing() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 4, 4);
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        Node truths = g.input("truths", DataType.F32, Shape.of(Shape.ANY, 1, 4));
        Node classes = g.input("truth_labels", DataType.I32, Shape.of(Shape.ANY, 1));
        Node samples = g.apply(SAMPLES, rois, truths, classes);
        g.output("samples", samples);
        Node cut = g.flatten(g.roiAlign(x, samples, new RoiAlign(Size.of(1), 1, 1, false)));
        Node labels = g.apply(new RegionLabels(0.5), samples, truths, classes);
        Node logits = g.linear("fc", cut, Networks.CLASSES);
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -1)));
        return g.build();
    }

    /** Twenty regions of which most lie on no object. */
    private static Batch batch() {
        float[] rois = new float[20 * 5];
        for (int r = 0; r < 20; r++) {
            rois[5 * r + 3] = r + 1;
            rois[5 * r + 4] = r + 1;
        }
        Map<String, Tensor> inputs = new HashMap<>(Networks.batch(1, 4).inputs());
        inputs.put("rois", Tensor.of(rois, 20, 5));
        inputs.put("truths", Tensor.of(new float[] {0, 0, 4, 4}, 1, 1, 4));
        inputs.put("truth_labels", Tensor.of(new int[] {2}, 1, 1));
        return new Batch(inputs);
    }

    private static float[] drawn(Graph numbered, long step, int microBatch) {
        int index = numbered.output("samples").index();
        Map<String, Tensor> inputs = batch().inputs();
        return RegionDrawer.draw(
                SAMPLES,
                ((Tensor.Floats) inputs.get("rois")).data(),
                ((Tensor.Floats) inputs.get("truths")).data(),
                ((Tensor.Ints) inputs.get("truth_labels")).data(),
                1,
                CounterHash.key(SEED, step, microBatch, index));
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "FP64"})
    void everyStepDrawsAnew(Precision precision) {
        Graph graph = drawing();
        Update update = Update.of(new Optimizer.Sgd(0, false));
        Options options = Options.training(precision, update, Groups.all(graph, 0), SEED);
        TrainingState state = TrainingState.fresh(graph, Networks.parameters(graph), update, options.groups());
        try (Session session = engine.open(graph, state, options)) {
            assertThat(session.step(batch(), Scalars.of(0, 0)).get("samples").data())
                    .isEqualTo(drawn(graph, 0, 0));
            assertThat(session.step(batch(), Scalars.of(0, 7)).get("samples").data())
                    .isEqualTo(drawn(graph, 7, 0))
                    .isNotEqualTo(drawn(graph, 0, 0));
            assertThat(session.evaluate(batch()).get("samples").data()).isEqualTo(drawn(graph, 0, 0));
        }
    }

    /** As in other engines, which number what they run. */
    @Test
    void aPartOfTheGraphDrawsByItsOwnNumbers() {
        Graph graph = drawing();
        Update update = Update.of(new Optimizer.Sgd(0, false));
        Options options = Options.training(Precision.FP32, update, Groups.all(graph, 0), SEED);
        TrainingState state = TrainingState.fresh(graph, Networks.parameters(graph), update, options.groups());
        try (Session session = engine.open(graph, state, options)) {
            Outputs outputs = session.evaluate(batch(), Session.Weights.LIVE, Set.of("samples"));
            assertThat(outputs.get("samples").data())
                    .isEqualTo(drawn(graph.withOutputs("samples"), 0, 0))
                    .isNotEqualTo(drawn(graph, 0, 0));
        }
    }

    @Test
    void picturesWithoutSizesHaveNoPadding() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(5, 2, 3);
        Node sizes = g.input("sizes", DataType.F32, Shape.of(Shape.ANY, 2));
        RegionProposals op = new RegionProposals(List.of(List.of(4.0)), List.of(List.of(1.0)), 6, 6, 1, 0);
        g.output("rois", g.apply(op, g.mapRows(g.slice(x, 0, 1), 1), g.mapRows(g.slice(x, 1, 5), 4), sizes, x, x));
        Graph graph = g.build();
        Tensor.Floats picture = Networks.normal(1, 5, 2, 3);
        Batch given = new Batch(Map.of("input", picture, "sizes", Tensor.of(new float[] {2, 3}, 1, 2)));
        Batch smaller = new Batch(Map.of("input", picture, "sizes", Tensor.of(new float[] {1, 2}, 1, 2)));
        try (Session session = engine.open(graph, Parameters.zeros(graph), Options.inference(Precision.FP64))) {
            float[] rois = session.evaluate(given).get("rois").data();
            assertThat(session.evaluate(Batch.of(picture)).get("rois").data()).isEqualTo(rois);
            assertThat(session.evaluate(smaller).get("rois").data()).isNotEqualTo(rois);
            assertThat(session.profile(Batch.of(picture), 1))
                    .anySatisfy(row -> assertThat(row.operator()).isEqualTo("region_proposals"));
        }
    }
}
