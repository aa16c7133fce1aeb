package io.vertebra.graph.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of the inputs of two-stage detectors before anything runs. */
class RegionInputsTest {
    private static final Tensor PICTURES = Tensor.of(new float[2 * 5 * 4 * 6], 2, 5, 4, 6);
    private static final List<Double> WEIGHTS = List.of(1.0, 1.0, 1.0, 1.0);

    /** What a body makes of the picture. */
    private interface Body {
        Node of(GraphBuilder g, Node picture);
    }

    private static Graph graph(Body body) {
        GraphBuilder g = new GraphBuilder();
        g.output("y", body.of(g, g.image(5, 4, 6)));
        return g.build();
    }

    private static Node onTruths(GraphBuilder g, Op op) {
        return g.apply(op, rois(g), truths(g), labels(g));
    }

    private static Node rois(GraphBuilder g) {
        return g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
    }

    private static Node truths(GraphBuilder g) {
        return g.input("truths", DataType.F32, Shape.of(Shape.ANY, Shape.ANY, 4));
    }

    private static Node labels(GraphBuilder g) {
        return g.input("truth_labels", DataType.I32, Shape.of(Shape.ANY, Shape.ANY));
    }

    /** Two pictures with one object each and one region each. */
    private static Map<String, Tensor> good() {
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("input", PICTURES);
        inputs.put("rois", Tensor.of(new float[] {0, 1, 1, 2, 2, 1, 1, 1, 2, 2}, 2, 5));
        inputs.put("truths", Tensor.of(new float[] {0, 0, 1, 1, 0, 0, 3, 3}, 2, 1, 4));
        inputs.put("truth_labels", Tensor.of(new int[] {2, 0}, 2, 1));
        return inputs;
    }

    private static void refuses(Graph graph, Map<String, Tensor> inputs, String message) {
        assertThatThrownBy(() -> new Batch(inputs).requireFits(graph))
                .isInstanceOf(GraphException.class)
                .hasMessage(message);
    }

    static List<Op> readers() {
        return List.of(new RegionSamples(3, 0.5, 0.5), new RegionLabels(0.5), new RegionTargets(0.5, WEIGHTS));
    }

    @Test
    void regionsNamePicturesAndTruthsHaveCoordinates() {
        for (Op op : readers()) {
            Graph graph = graph((g, x) -> onTruths(g, op));
            new Batch(good()).requireFits(graph);
            Map<String, Tensor> inputs = good();
            inputs.put("rois", Tensor.of(new float[] {0, 1, 1, 2, 2, 2, 1, 1, 2, 2}, 2, 5));
            refuses(graph, inputs, "rois: names the picture 2.0, there are 2 from 0");
            inputs = good();
            inputs.put("truth_labels", Tensor.of(new int[] {1, -1}, 2, 1));
            refuses(graph, inputs, "truth_labels: has the class -1, classes of objects are above 0, 0 is none");
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0x1.2p60f})
    void coordinatesAreNumbers(float coordinate) {
        for (Op op : readers()) {
            Map<String, Tensor> inputs = good();
            inputs.put("rois", Tensor.of(new float[] {0, 1, 1, 2, 2, 1, 1, 1, coordinate, 2}, 2, 5));
            refuses(graph((g, x) -> onTruths(g, op)), inputs, "rois: has the coordinate " + coordinate);
            inputs = good();
            inputs.put("truths", Tensor.of(new float[] {0, 0, 1, 1, 0, 0, 3, coordinate}, 2, 1, 4));
            refuses(graph((g, x) -> onTruths(g, op)), inputs, "truths: has the coordinate " + coordinate);
        }
        Map<String, Tensor> inputs = good();
        inputs.put("truths", Tensor.of(new float[] {-0x1p60f, 0, 1, 1, 0, 0, 0x1p60f, 1}, 2, 1, 4));
        new Batch(inputs).requireFits(graph((g, x) -> onTruths(g, readers().get(0))));
    }

    @Test
    void labelsOfTruthsAreClassesOfTheLossThatReadsThem() {
        Graph graph = graph((g, x) -> {
            Node labels = onTruths(g, new RegionLabels(0.5));
            return g.softmaxCrossEntropy(g.linear("fc", g.flatten(x), 3), labels, new SoftmaxCrossEntropy(0, -1));
        });
        new Batch(good()).requireFits(graph);
        Map<String, Tensor> inputs = good();
        inputs.put("truth_labels", Tensor.of(new int[] {3, 0}, 2, 1));
        refuses(graph, inputs, "truth_labels: has the class 3, the model has 3 classes from 0");
        inputs.put("truth_labels", Tensor.of(new int[] {-1, 0}, 2, 1));
        assertThatThrownBy(() -> new Batch(inputs).requireFits(graph)).hasMessageStartingWith("truth_labels: has");
    }

    @Test
    void labelsOfTheBoxLossNameFourColumns() {
        Graph computed = graph((g, x) -> {
            Node[] read = {rois(g), truths(g), labels(g)};
            Node targets = g.apply(new RegionTargets(0.5, WEIGHTS), read);
            Node labels = g.apply(new RegionLabels(0.5), read);
            return g.apply(new RegionSmoothL1(1), g.linear("fc", g.flatten(x), 8), targets, labels);
        });
        Map<String, Tensor> inputs = good();
        refuses(computed, inputs, "truth_labels: has the class 2, the model has 2 classes from 0");
        inputs.put("truth_labels", Tensor.of(new int[] {1, 0}, 2, 1));
        new Batch(inputs).requireFits(computed);

        Graph given = graph((g, x) -> g.apply(
                new RegionSmoothL1(1),
                g.linear("fc", g.flatten(x), 8),
                g.input("targets", DataType.F32, Shape.of(Shape.ANY, 4)),
                g.input("labels", DataType.I32, Shape.of(Shape.ANY))));
        inputs.put("targets", Tensor.of(new float[8], 2, 4));
        inputs.put("labels", Tensor.of(new int[] {1, -1}, 2));
        new Batch(inputs).requireFits(given);
        inputs.put("labels", Tensor.of(new int[] {1, 2}, 2));
        refuses(given, inputs, "labels: has the class 2, the model has 2 classes from 0 (-1 is ignored)");
    }

    @Test
    void objectnessHasTwoClassesInOneColumn() {
        Graph graph = graph((g, x) -> g.apply(
                new SigmoidFocal(-1, 0, false),
                g.mapRows(g.slice(x, 0, 1), 1),
                g.input("rpn_labels", DataType.I32, Shape.of(Shape.ANY, 24))));
        Map<String, Tensor> inputs = new HashMap<>(Map.of("input", PICTURES));
        int[] labels = new int[48];
        labels[3] = 1;
        labels[47] = -1;
        inputs.put("rpn_labels", Tensor.of(labels, 2, 24));
        new Batch(inputs).requireFits(graph);
        labels[5] = 2;
        refuses(graph, inputs, "rpn_labels: has the class 2, the model has 2 classes from 0 (-1 is ignored)");
    }

    @Test
    void regionsOfSeveralLevelsNamePictures() {
        Graph graph = graph((g, x) -> g.roiAlign(
                List.of(x, g.maxPool(x, 1, 2, 0)), rois(g), new RoiAlign(Size.of(1), List.of(1.0, 0.5), 1, false)));
        new Batch(good()).requireFits(graph);
        Map<String, Tensor> inputs = good();
        inputs.put("rois", Tensor.of(new float[] {-1, 1, 1, 2, 2}, 1, 5));
        refuses(graph, inputs, "rois: names the picture -1.0, there are 2 from 0");
    }

    private static Graph proposing() {
        return graph((g, x) -> g.apply(
                new RegionProposals(List.of(List.of(2.0)), List.of(List.of(1.0)), 5, 4, 0.5, 0),
                g.mapRows(g.slice(x, 0, 1), 1),
                g.mapRows(g.slice(x, 1, 5), 4),
                g.input("sizes", DataType.F32, Shape.of(Shape.ANY, 2)),
                x,
                x));
    }

    @ParameterizedTest
    @CsvSource({
        "4, 6, ''",
        "0.25, 0.5, ''",
        "0, 6, 'height 0.0, must lie in (0, 4]'",
        "4.5, 6, 'height 4.5, must lie in (0, 4]'",
        "4, -1, 'width -1.0, must lie in (0, 6]'",
        "4, 6.5, 'width 6.5, must lie in (0, 6]'",
        "NaN, 6, 'height NaN, must lie in (0, 4]'"
    })
    void picturesArePartsOfThePaddedOnes(float height, float width, String fault) {
        Map<String, Tensor> inputs = new HashMap<>(Map.of("input", PICTURES));
        inputs.put("sizes", Tensor.of(new float[] {4, 6, height, width}, 2, 2));
        if (fault.isEmpty()) {
            new Batch(inputs).requireFits(proposing());
        } else {
            refuses(proposing(), inputs, "sizes: has the " + fault);
        }
    }

    @Test
    void sizesThatAreLeftOutAreThoseOfWholePictures() {
        Batch without = Batch.of(PICTURES);
        assertThatThrownBy(() -> without.requireFits(proposing())).hasMessage("sizes: is an input that was not given");
        Batch complete = without.completedFor(proposing());
        complete.requireFits(proposing());
        assertThat(complete.inputs().get("input")).isSameAs(PICTURES);
        Tensor.Floats sizes = (Tensor.Floats) complete.inputs().get("sizes");
        assertThat(sizes.shape()).isEqualTo(Shape.of(2, 2));
        assertThat(sizes.data()).containsExactly(4, 6, 4, 6);
        assertThat(complete.completedFor(proposing())).isSameAs(complete);
        Graph other = graph((g, x) -> g.relu(x));
        assertThat(without.completedFor(other)).isSameAs(without);
        Batch empty = new Batch(Map.of());
        assertThat(empty.completedFor(proposing())).isSameAs(empty);
        Batch rows = Batch.of(Tensor.of(new float[6], 2, 3));
        assertThat(rows.completedFor(proposing())).isSameAs(rows);
    }
}
