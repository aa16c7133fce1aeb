package io.vertebra.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Formula;
import io.vertebra.dl4j.Dl4jProvider;
import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Detectors of two stages, as one file. */
class TwoStageTest {
    private static final Size PICTURE = new Size(64, 96);
    private static final int CHANNELS = 6;
    private static Engine engine;

    @BeforeAll
    static void load() {
        engine = new Dl4jProvider().create();
    }

    /** Three levels that propose by the same layers, regions cut from two of them, and two linear layers. */
    private static Graph detector(RegionProposals op) {
        GraphBuilder g = new GraphBuilder();
        Node image = g.image(3, Shape.ANY, Shape.ANY);
        Node sizes = g.input("sizes", DataType.F32, Shape.of(Shape.ANY, 2));
        Node p1 = g.conv("p1", image, Conv.of(5, CHANNELS).stride(2));
        Node p2 = g.conv("p2", p1, Conv.of(3, CHANNELS).stride(2));
        Node p3 = g.maxPool(p2, 1, 2, 0);
        Node logits = g.conv("logits", p1, Conv.of(1, 2).withBias());
        Node encodings = g.conv("encodings", p1, Conv.of(1, 8).withBias());
        List<Node> allLogits = new ArrayList<>();
        List<Node> allEncodings = new ArrayList<>();
        for (Node level : List.of(p1, p2, p3)) {
            allLogits.add(g.mapRows(level == p1 ? logits : g.again(logits, level), 1));
            allEncodings.add(g.mapRows(level == p1 ? encodings : g.again(encodings, level), 4));
        }
        Node proposals = g.apply(
                op,
                g.concat(allLogits.toArray(Node[]::new)),
                g.concat(allEncodings.toArray(Node[]::new)),
                sizes,
                image,
                p1,
                p2,
                p3);
        RoiAlign align = new RoiAlign(Size.of(3), List.of(1.0 / 2, 1.0 / 4), 2, false);
        Node cut = g.roiAlign(List.of(p1, p2), proposals, align);
        g.output("proposals", proposals);
        g.output("cut", cut);
        g.output("logits", g.linear("fc", g.flatten(cut), 4));
        return g.build();
    }

    private static RegionProposals proposals(int before, int count, double overlap, double minSide) {
        List<List<Double>> sizes = List.of(List.of(16.0), List.of(40.0), List.of(300.0)); // regions of both levels
        double minScore = before == 20 ? 0.5 : 0;
        return new RegionProposals(
                sizes, Collections.nCopies(3, List.of(0.5, 1.0)), before, count, overlap, minSide, minScore);
    }

    /** With boxes that are moved by some pixels. */
    private static Parameters parameters(Graph graph) {
        Parameters parameters = Formula.parameters(graph, 1);
        float[] weights = parameters.get("encodings.weight");
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= 4;
        }
        return parameters;
    }

    private static Batch pictures(int count) {
        return Batch.of(Formula.tensor("input", count, 3, PICTURE.height(), PICTURE.width()));
    }

    private static Map<String, Tensor> with(Batch batch, float... sizes) {
        Map<String, Tensor> inputs = new LinkedHashMap<>(batch.inputs());
        inputs.put("sizes", Tensor.of(sizes, sizes.length / 2, 2));
        return inputs;
    }

    @ParameterizedTest
    @CsvSource({
        "20, 12, 0.7, 0", // more than stay
        "1000, 40, 0.3, 0", // every anchor
        "1000, 400, 0.5, 12", // fewer than wanted
        "5, 15, 1, 0", // all that levels give
        "40, 9, 0, 30"
    })
    void computesTheWholeDetector(int before, int count, double overlap, double minSide) {
        Graph graph = detector(proposals(before, count, overlap, minSide));
        Parameters parameters = parameters(graph);
        for (int opset : List.of(13, OnnxOptions.OPSET, 20)) {
            OnnxModel model =
                    OnnxExport.of(graph, parameters, OnnxOptions.of(PICTURE).opset(opset));
            try (Written file = Written.of(model);
                    Session session = engine.open(graph, parameters, Options.inference(Precision.FP32))) {
                Map<String, Tensor> one = with(pictures(1), 64, 96);
                Comparison.check(session.evaluate(new Batch(one)), OnnxRuntimes.run(file.path(), one));
                Map<String, Tensor> three = with(pictures(3), 64, 96, 40, 96, 64, 50.5f);
                Comparison.check(session.evaluate(new Batch(three)), OnnxRuntimes.run(file.path(), three));
            }
        }
    }

    @Test
    void theCasesHaveRegionsOfBothLevelsAndRowsWithoutOne() {
        Graph graph = detector(proposals(1000, 400, 0.5, 12));
        try (Session session = engine.open(graph, parameters(graph), Options.inference(Precision.FP32))) {
            float[] rois = session.evaluate(new Batch(with(pictures(1), 64, 96)))
                    .get("proposals")
                    .data();
            int[] counts = new int[3];
            for (int at = 0; at < rois.length; at += 5) {
                float area = (rois[at + 3] - rois[at + 1]) * (rois[at + 4] - rois[at + 2]);
                // the levels are 1 and 2: a region of 224 / 4 pixels belongs to the second
                counts[area == 0 ? 0 : area < 56 * 56 ? 1 : 2]++;
            }
            assertThat(counts).doesNotContain(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"223.75, 0", "224, 1", "447.75, 1", "448, 2", "5000, 2", "0, 0"})
    void regionsAreCutFromTheLevelOfTheirSize(float side, int level) {
        GraphBuilder g = new GraphBuilder();
        List<Node> levels = new ArrayList<>(List.of(g.image(1, 8, 8)));
        levels.add(g.input("second", DataType.F32, Shape.of(Shape.ANY, 1, 8, 8)));
        levels.add(g.input("third", DataType.F32, Shape.of(Shape.ANY, 1, 8, 8)));
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        List<Double> scales = List.of(1.0 / 8, 1.0 / 16, 1.0 / 32);
        g.output("y", g.roiAlign(levels, rois, new RoiAlign(Size.of(1), scales, 1, false)));
        Graph graph = g.build();
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        String[] names = {"input", "second", "third"};
        for (int i = 0; i < names.length; i++) {
            float[] data = new float[64];
            Arrays.fill(data, i);
            inputs.put(names[i], Tensor.of(data, 1, 1, 8, 8));
        }
        inputs.put(
                "rois", Tensor.of(new float[] {0, 32 - side / 2, 32 - side / 2, 32 + side / 2, 32 + side / 2}, 1, 5));
        OnnxModel model = OnnxExport.of(graph, Parameters.zeros(graph), OnnxOptions.of(Size.of(8)));
        float[] y = Written.run(model, inputs).get("y").data();
        assertThat(y).containsExactly(level);
    }

    @Test
    void whatIsLearntFromIsRefused() {
        GraphBuilder g = new GraphBuilder();
        g.image(3, 8, 8);
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        Node truths = g.input("truths", DataType.F32, Shape.of(Shape.ANY, 2, 4));
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, 2));
        g.output("samples", g.apply(new RegionSamples(4, 0.5, 0.5), rois, truths, labels));
        Graph graph = g.build();
        assertThatThrownBy(() -> OnnxExport.of(graph, Parameters.zeros(graph), OnnxOptions.of(Size.of(8))))
                .isInstanceOf(GraphException.class)
                .hasMessage("region_samples: region_samples cannot be written to an ONNX file: it says what regions are"
                        + " trained on, an ONNX file is for inference; leave that output out");
    }
}
