package io.vertebra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.backbones.Distance;
import io.vertebra.backbones.Engines;
import io.vertebra.backbones.Shared;
import io.vertebra.backbones.weights.LoadReport;
import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightLoader;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.ClassNms;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real weights for segmentation and detection, on real photos: what PyTorch answers with them. */
class PublishedWeightsTest {
    private static final String DEEPLAB = "deeplabv3_mobilenet_v2_voc";
    private static final String SSD = "ssd_mobilenet_v1_0.75_coco";

    /** Model and the outputs for the golden's pictures. */
    private record Answer(Model model, Map<String, Tensor.Floats> outputs, WeightFile golden) implements AutoCloseable {
        /** The largest difference from the golden, as a share of its largest value. */
        double error(String output) {
            float[] wanted = golden.read(output);
            return Distance.between(outputs.get(output).data(), wanted) / Distance.largest(wanted);
        }

        @Override
        public void close() {
            golden.close();
        }
    }

    private static Answer answer(String engine, String file, float offset, float divisor) {
        WeightFile golden = WeightFile.open(Shared.path("weights/" + file + ".golden.safetensors"));
        try (WeightFile weights = WeightFile.open(Shared.path("weights/" + file + ".safetensors"))) {
            SchemeInfo scheme = Schemes.builtIn().recognise(weights);
            Model model = Models.builtIn()
                    .get(scheme.architecture().orElseThrow())
                    .withClasses(scheme.outputs().orElseThrow())
                    .with(scheme.conventions());
            Graph graph = model.inference();
            Parameters parameters = Parameters.zeros(graph);
            LoadReport report = new WeightLoader(weights, scheme).load(parameters);
            assertThat(report.loaded()).containsExactlyElementsOf(parameters.names());
            assertThat(report.leftOut()).isEmpty();
            float[] picture = golden.read("input_u8");
            for (int i = 0; i < picture.length; i++) {
                picture[i] = (picture[i] - offset) / divisor;
            }
            Shape shape = new Shape(golden.tensors().get("input_u8").shape());
            try (Session session = Engines.named(engine).open(graph, parameters, Options.inference(Precision.FP32))) {
                Outputs outputs = session.evaluate(Batch.of(new Tensor.Floats(shape, picture)));
                Map<String, Tensor.Floats> copies = new LinkedHashMap<>();
                for (String name : model.assemble().outputs().keySet()) {
                    Tensor.Floats tensor = outputs.get(name);
                    copies.put(
                            name,
                            new Tensor.Floats(tensor.shape(), tensor.data().clone()));
                }
                return new Answer(model, copies, golden);
            }
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"onednn", "dl4j"})
    void deepLabAnswers(String engine) {
        try (Answer answer = answer(engine, DEEPLAB, 127.5f, 127.5f)) {
            assertThat(answer.model().part().alignCorners()).isTrue();
            assertThat(answer.outputs().get("logits").shape()).isEqualTo(Shape.of(2, 21, 65, 65));
            assertThat(answer.error("logits")).isLessThan(1e-3); // the golden is fp16
            assertThat(equalLabels(answer)).isGreaterThan(0.999);
        }
    }

    /** The share of pixels whose label, after enlargement as the head says, is the golden's. */
    private static double equalLabels(Answer answer) {
        Tensor.Floats logits = answer.outputs().get("logits");
        GraphBuilder g = new GraphBuilder();
        Node low = g.input("logits", DataType.F32, Shape.of(Shape.ANY, 21, Shape.ANY, Shape.ANY));
        Node like = g.input("like", DataType.F32, Shape.of(Shape.ANY, 1, Shape.ANY, Shape.ANY));
        g.output(
                "high",
                g.resize(
                        low, like, Resize.Filter.BILINEAR, answer.model().part().alignCorners()));
        Graph graph = g.build();
        Batch batch = new Batch(Map.of(
                "logits", logits, "like", new Tensor.Floats(Shape.of(2, 1, 513, 513), new float[2 * 513 * 513])));
        float[] labels = answer.golden().read("labels");
        int area = 513 * 513;
        int equal = 0;
        try (Session session =
                Engines.named("onednn").open(graph, Parameters.zeros(graph), Options.inference(Precision.FP32))) {
            float[] high = session.evaluate(batch).get("high").data();
            for (int i = 0; i < labels.length; i++) {
                int from = i / area * 21 * area + i % area;
                int best = 0;
                for (int k = 1; k < 21; k++) {
                    best = high[from + k * area] > high[from + best * area] ? k : best;
                }
                equal += best == (int) labels[i] ? 1 : 0;
            }
        }
        return (double) equal / labels.length;
    }

    @Test
    void ssdAnswersOnOnednn() {
        ssdAnswers("onednn");
    }

    @Tag("slow")
    @Test
    void ssdAnswersOnDl4j() {
        ssdAnswers("dl4j");
    }

    private static void ssdAnswers(String engine) {
        try (Answer answer = answer(engine, SSD, 128, 128)) {
            assertThat(answer.error("class_logits")).isLessThan(1e-4);
            assertThat(answer.error("box_encodings")).isLessThan(1e-4);
            DenseDetector detector = ((DenseDetector) answer.model().detector())
                    .with(new ClassNms(0.3, 0.6, ClassNms.ALL, ClassNms.ALL, 100));
            for (int photo = 0; photo < 2; photo++) {
                Detections found = detector.decode(
                        answer.outputs().get("class_logits").data(),
                        answer.outputs().get("box_encodings").data(),
                        photo,
                        91,
                        Size.of(300));
                compare(found, answer.golden().read("detections." + photo));
            }
        }
    }

    /** Rows of the golden: score, class, then y and x of both corners as shares of the picture, not clipped. */
    private static void compare(Detections found, float[] golden) {
        assertThat(found.count()).isEqualTo(golden.length / 6);
        for (int i = 0; i < found.count(); i++) {
            assertThat(found.scores()[i]).as("score %d", i).isCloseTo(golden[6 * i], within(1e-4f));
            assertThat(found.classes()[i]).as("class %d", i).isEqualTo((int) golden[6 * i + 1]);
            for (int side = 0; side < 4; side++) {
                float wanted = Math.min(Math.max(300 * golden[6 * i + 2 + (side ^ 1)], 0), 300);
                assertThat(found.boxes()[4 * i + side]).as("box %d", i).isCloseTo(wanted, within(0.05f));
            }
        }
    }

    /** The graph's own anchors are quantised to eight bits, up to 0.0032 off (shared/weights/README.md). */
    @Test
    void ssdHasTheAnchorsOfItsGraph() {
        try (WeightFile weights = WeightFile.open(Shared.path("weights/" + SSD + ".safetensors"))) {
            float[] wanted = weights.read("anchors"); // centre y, centre x, height, width
            float[] anchors =
                    Models.builtIn().get("ssd_mobilenet_v1_075_coco").detector().anchors(Size.of(300));
            assertThat(anchors).hasSameSizeAs(wanted);
            for (int i = 0; i < anchors.length; i += 4) {
                assertThat((anchors[i + 1] + anchors[i + 3]) / 600).isCloseTo(wanted[i], within(0.0033f));
                assertThat((anchors[i] + anchors[i + 2]) / 600).isCloseTo(wanted[i + 1], within(0.0033f));
                assertThat((anchors[i + 3] - anchors[i + 1]) / 300).isCloseTo(wanted[i + 2], within(0.0033f));
                assertThat((anchors[i + 2] - anchors[i]) / 300).isCloseTo(wanted[i + 3], within(0.0033f));
            }
        }
    }
}
