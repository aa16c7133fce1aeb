package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.Size;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers far out, or none at all, where a composition of operators could make something else of them. */
class HostileNumbersTest {
    private static Engine engine;

    @BeforeAll
    static void load() {
        engine = new Dl4jProvider().create();
    }

    /** The output and gradients of one operator over rows of K columns: the first are logits of anchors, one a cell. */
    private static Outputs overRows(Op op, float[] logits, int columns, Map<String, Tensor> more) {
        GraphBuilder g = new GraphBuilder();
        Node rows = g.mapRows(g.image(columns, 1, 1), columns);
        Node[] inputs = new Node[1 + more.size()];
        inputs[0] = rows;
        int i = 1;
        for (Map.Entry<String, Tensor> input : more.entrySet()) {
            boolean isLabels = input.getValue() instanceof Tensor.Ints;
            Shape shape = isLabels ? Shape.of(Shape.ANY, Shape.ANY) : Shape.of(Shape.ANY, Shape.ANY, columns);
            inputs[i++] = g.input(input.getKey(), isLabels ? DataType.I32 : DataType.F32, shape);
        }
        g.output("loss", g.apply(op, inputs));
        Graph graph = g.build();
        Map<String, Tensor> batch = new LinkedHashMap<>(more);
        batch.put("input", Tensor.of(logits, logits.length / columns, columns, 1, 1));
        try (Session session = engine.open(graph, Parameters.zeros(graph), Options.gradients(Precision.FP32, false))) {
            return session.gradients(new Batch(batch), Map.of("loss", Tensor.of(new float[] {1})));
        }
    }

    private static Tensor.Ints labels(int... labels) {
        return Tensor.of(labels, labels.length, 1);
    }

    @Test
    void focalLossIsLinearFarOut() {
        Outputs right = overRows(
                new SigmoidFocal(0.25, 2, false), new float[] {-1000, 1000}, 2, Map.of("anchor_labels", labels(1)));
        assertThat(right.scalar("loss")).isZero();
        assertThat(right.get("grad.input").data()).containsExactly(new float[2], within(0f));
        Outputs wrong = overRows(
                new SigmoidFocal(0.25, 2, false), new float[] {1000, -1000}, 2, Map.of("anchor_labels", labels(1)));
        assertThat(wrong.scalar("loss")).isEqualTo(0.75f * 1000 + 0.25f * 1000);
        assertThat(wrong.get("grad.input").data()).containsExactly(0.75f, -0.25f);
    }

    @Test
    void focalLossOfNoNumberIsNone() {
        Outputs outputs = overRows(
                new SigmoidFocal(-1, 0, true), new float[] {Float.NaN, 1}, 2, Map.of("anchor_labels", labels(1)));
        assertThat(outputs.scalar("loss")).isNaN();
        assertThat(outputs.get("grad.input").data()[0]).isNaN();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5})
    void targetsOfBackgroundDoNotMatter(double beta) {
        float[] targets = new float[12];
        Arrays.fill(targets, 0, 4, Float.NEGATIVE_INFINITY);
        Arrays.fill(targets, 4, 8, Float.NaN);
        Arrays.fill(targets, 8, 12, 3);
        Map<String, Tensor> more = new LinkedHashMap<>();
        more.put("box_targets", Tensor.of(targets, 3, 1, 4));
        more.put("anchor_labels", labels(0, -1, 1));
        Outputs outputs = overRows(new BoxSmoothL1(beta), new float[12], 4, more);
        assertThat(outputs.scalar("loss")).isEqualTo((float) (4 * (3 - beta / 2)));
        assertThat(outputs.get("grad.input").data()).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1);
    }

    @Test
    void aDivergedNegativeIsTheHardest() {
        float[] logits = {0, 5, Float.NaN, 0, 0, 0};
        Map<String, Tensor> labels = Map.of("anchor_labels", Tensor.of(new int[] {1, 0, 0}, 1, 3));
        GraphBuilder g = new GraphBuilder();
        Node rows = g.mapRows(g.image(2, 3, 1), 2);
        Node input = g.input("anchor_labels", DataType.I32, Shape.of(Shape.ANY, Shape.ANY));
        g.output("loss", g.apply(new HardNegativeCrossEntropy(1, 0), rows, input));
        Graph graph = g.build();
        // channels before rows: (2, 3, 1)
        float[] maps = {logits[0], logits[2], logits[4], logits[1], logits[3], logits[5]};
        Map<String, Tensor> batch = new LinkedHashMap<>(labels);
        batch.put("input", Tensor.of(maps, 1, 2, 3, 1));
        try (Session session = engine.open(graph, Parameters.zeros(graph), Options.inference(Precision.FP32))) {
            assertThat(session.evaluate(new Batch(batch)).scalar("loss")).isNaN();
        }
    }

    /** What a function makes of a number in float32, and its derivative there. */
    private static float[] function(Function function, float x) {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.activation(function, g.image(1, 1, 1)));
        Graph graph = g.build();
        Batch batch = Batch.of(Tensor.of(new float[] {x}, 1, 1, 1, 1));
        Map<String, Tensor.Floats> one = Map.of("y", Tensor.of(new float[] {1}, 1, 1, 1, 1));
        try (Session session = engine.open(graph, Parameters.zeros(graph), Options.gradients(Precision.FP32, false))) {
            Outputs outputs = session.gradients(batch, one);
            return new float[] {
                outputs.get("y").data()[0], outputs.get("grad.input").data()[0]
            };
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HARD_SWISH", "HARD_SIGMOID", "GELU"})
    void functionsAreFlatOrStraightFarOut(Function function) {
        boolean gate = function.isGate();
        for (float far : new float[] {1e4f, 1e25f, Float.MAX_VALUE}) {
            assertThat(function(function, far)).containsExactly(gate ? 1 : far, gate ? 0 : 1);
            assertThat(function(function, -far)).containsExactly(new float[2], within(0f));
        }
        assertThat(function(function, Float.NaN)[0]).isNaN();
    }

    @Test
    void geluKeepsTheDigitsOfItsTail() {
        // x · Φ(x) with Φ(−5) = 2.866515719e-7 of any table
        assertThat(function(Function.GELU, -5)[0]).isCloseTo((float) (-5 * 2.866515719e-7), within(1e-11f));
    }

    @Test
    void cellsOfOneValueAreNormalisedToNothing() {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.layerNorm("norm", g.image(3, 1, 2), 1e-6));
        Graph graph = g.build();
        float big = 1e6f;
        Tensor.Floats picture = Tensor.of(new float[] {big, Float.NaN, big, 1, big, 2}, 1, 3, 1, 2);
        try (Session session = engine.open(graph, Parameters.initialize(graph, 1), Options.inference(Precision.FP32))) {
            float[] y = session.evaluate(Batch.of(picture)).get("y").data();
            assertThat(new float[] {y[0], y[2], y[4]}).containsExactly(0, 0, 0);
            assertThat(y[1]).isNaN();
            assertThat(y[5]).as("beside no number").isNaN();
        }
    }

    @Test
    void lengthsAreTakenOfCellsOfNothingAndOfNoNumber() {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.in("norm").l2Norm(g.image(2, 1, 2), 20));
        Graph graph = g.build();
        Tensor.Floats picture = Tensor.of(new float[] {Float.NaN, 0, 1, 0}, 1, 2, 1, 2);
        try (Session session = engine.open(graph, Parameters.initialize(graph, 1), Options.inference(Precision.FP32))) {
            float[] y = session.evaluate(Batch.of(picture)).get("y").data();
            assertThat(y[0]).isNaN();
            assertThat(y[2]).as("beside no number").isNaN();
            assertThat(new float[] {y[1], y[3]}).containsExactly(0, 0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 3, picture -1.0",
        "2, 3, picture 2.0",
        "0.5, 3, picture 0.5",
        "NaN, 3, picture NaN",
        "1, NaN, coordinate NaN",
        "1, -Infinity, coordinate -Infinity"
    })
    void regionsThatLieNowhereAreRefused(float picture, float right, String told) {
        for (Op op : new Op[] {new RoiAlign(Size.of(2), 1, 0, true), new RoiPool(Size.of(2), 1)}) {
            float[] rois = {1, 0, 0, 3, 3, picture, 0, 0, right, 3};
            assertThatThrownBy(() -> cut(op, rois))
                    .isInstanceOf(GraphException.class)
                    .hasMessage(op.kind() + ": region 1 has the " + told);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {1e8f, 1e30f, Float.MAX_VALUE})
    void aRegionFarLargerThanTheMapIsCut(float far) {
        // every sample lies beyond the map, or all but a few
        float[] y = cut(new RoiAlign(Size.of(2), 1, 0, true), new float[] {0, -far, -far, far, far});
        assertThat(y).hasSize(4);
        for (float value : y) {
            assertThat(value).isCloseTo(0, within(1e-6f));
        }
    }

    @Test
    void aRegionTurnedInsideOutIsNothing() {
        assertThat(cut(new RoiAlign(Size.of(2), 1, 0, true), new float[] {0, 3, 3, 1, 1}))
                .containsExactly(0, 0, 0, 0);
    }

    /** A map that diverged elsewhere: what a region does not touch does not matter. */
    @Test
    void aRegionIsCutFromItsOwnCells() {
        GraphBuilder g = new GraphBuilder();
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        g.output("y", g.roiAlign(g.image(1, 8, 8), rois, new RoiAlign(Size.of(1), 1, 1, true)));
        Graph graph = g.build();
        float[] map = new float[64];
        Arrays.fill(map, Float.NaN);
        map[5 * 8 + 6] = 3;
        Batch batch = new Batch(
                Map.of("input", Tensor.of(map, 1, 1, 8, 8), "rois", Tensor.of(new float[] {0, 6, 5, 7, 6}, 1, 5)));
        try (Session session = engine.open(graph, Parameters.zeros(graph), Options.inference(Precision.FP32))) {
            assertThat(session.evaluate(batch).get("y").data()).containsExactly(3);
        }
    }

    @Test
    void regionsWithoutAreaHaveNoLoss() {
        GraphBuilder g = new GraphBuilder();
        Node encodings = g.flatten(g.image(8, 1, 1));
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        Node truths = g.input("truths", DataType.F32, Shape.of(Shape.ANY, 1, 4));
        Node labels = g.input("truth_labels", DataType.I32, Shape.of(Shape.ANY, 1));
        Node targets = g.apply(new RegionTargets(0.5, List.of(1.0, 1.0, 1.0, 1.0)), rois, truths, labels);
        Node hidden = g.apply(new RegionLabels(0.5), rois, truths, labels);
        g.output("loss", g.apply(new RegionSmoothL1(0), encodings, targets, hidden));
        g.output("labels", hidden);
        Graph graph = g.build();
        float[] boxes = {0, 0, 4, 4, 0, 0, 4, 4};
        Batch batch = new Batch(Map.of(
                "input",
                Tensor.of(new float[] {9, 9, 9, 9, 1, 2, 3, 4, 9, 9, 9, 9, 9, 9, 9, 9}, 2, 8, 1, 1),
                "rois",
                Tensor.of(new float[] {0, 0, 0, 4, 4, 1, 0, 0, 4, 0}, 2, 5),
                "truths",
                Tensor.of(boxes, 2, 1, 4),
                "truth_labels",
                Tensor.of(new int[] {1, 1}, 2, 1)));
        try (Session session = engine.open(graph, Parameters.zeros(graph), Options.gradients(Precision.FP32, false))) {
            Outputs outputs = session.gradients(batch, Map.of("loss", Tensor.of(new float[] {2})));
            // the second region has no area
            assertThat(outputs.get("labels").data()).containsExactly(1, -1);
            assertThat(outputs.scalar("loss")).isEqualTo(10);
            assertThat(outputs.get("grad.input").data())
                    .containsExactly(0, 0, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0);
        }
    }

    /** Regions of two pictures of 4x4. */
    private static float[] cut(Op op, float[] rois) {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(1, 4, 4);
        // behind an operator the door does not see them
        Node hidden = g.flatten(g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5)));
        g.output("y", g.apply(op, x, hidden));
        Graph graph = g.build();
        Batch batch =
                new Batch(Map.of("input", Networks.normal(2, 1, 4, 4), "rois", Tensor.of(rois, rois.length / 5, 5)));
        try (Session session = engine.open(graph, Parameters.zeros(graph), Options.inference(Precision.FP32))) {
            return session.evaluate(batch).get("y").data();
        }
    }
}
