package io.vertebra.tasks.joint;

import static io.vertebra.tasks.Scenes.map;
import static io.vertebra.tasks.Scenes.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.WeightedSum;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Model;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Scenes;
import io.vertebra.tasks.Scores;
import io.vertebra.tasks.Settings;
import io.vertebra.tasks.classification.ClassificationTask;
import io.vertebra.tasks.config.LossConfig;
import io.vertebra.tasks.detection.DetectionTask;
import io.vertebra.tasks.report.Part;
import io.vertebra.tasks.segmentation.SegmentationTask;
import io.vertebra.tasks.training.TrainingGraphs;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JointTest {
    private static final List<String> CLASSES = List.of("cat", "dog");
    private static final List<String> PIXELS = List.of("ground", "cat", "dog");
    private static final Model MODEL = Settings.model(heads());
    private static final int ANCHORS = MODEL.detector("det").anchors(new Size(32, 32)).length / 4;
    private static final JointTask TASK = new JointTask(Map.of(
            "classification",
            new ClassificationTask(),
            "segmentation",
            new SegmentationTask(),
            "detection",
            new DetectionTask()));

    private static Map<String, HeadPart> heads() {
        Map<String, HeadPart> heads = new LinkedHashMap<>();
        heads.put("seg", Settings.narrowFcn(3));
        heads.put("cls", Settings.part("classifier", 2));
        heads.put("det", Settings.part("ssdlite", 3));
        return heads;
    }

    private static Problem open(Map<String, Double> weights) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        names.put("seg", PIXELS);
        names.put("cls", CLASSES);
        names.put("det", CLASSES);
        return TASK.open(Settings.of(MODEL, names, new LossConfig(null, null, null, null, weights)));
    }

    private static final Problem PROBLEM = open(null);

    private static final Sample PHOTO = new Sample(
            "photo",
            Scenes.black(32, 32),
            1,
            new Annotations(List.of(object(1, 4, 4, 20, 20)), java.util.Optional.of(map(32, 32, new int[32 * 32]))));

    private static final Scenes DATA = new Scenes(List.of(PHOTO), CLASSES, PIXELS);

    private static Batch batch(TargetEncoder targets) {
        Batch batch = new Batch(1, 32, 32, 2, false);
        batch.reshape(new io.vertebra.images.Size(32, 32), targets.targets(new io.vertebra.images.Size(32, 32)));
        batch.describe(0, PHOTO, 0, targets);
        batch.fill(0, 0, 1);
        return batch;
    }

    /** Ground everywhere, the second class, no object. */
    private static Outputs answer() {
        float[] logits = new float[3];
        logits[0] = 1;
        float[] classLogits = new float[ANCHORS * 3];
        for (int a = 0; a < ANCHORS; a++) {
            classLogits[3 * a] = 30;
        }
        return new Outputs(Map.of(
                "seg.logits",
                Tensor.of(logits, 1, 3, 1, 1),
                "cls.logits",
                Tensor.of(new float[] {0, 2}, 1, 2),
                "det.class_logits",
                Tensor.of(classLogits, 1, ANCHORS, 3),
                "det.box_encodings",
                Tensor.of(new float[ANCHORS * 4], 1, ANCHORS, 4)));
    }

    @Test
    void namesHaveTheKeysOfTheHeads() {
        assertThat(TASK.name()).isEqualTo("joint").isEqualTo(MODEL.task());
        assertThat(TASK.classNames(DATA)).isEqualTo(CLASSES);
        assertThat(PROBLEM.outputs())
                .containsExactly("seg.logits", "cls.logits", "det.class_logits", "det.box_encodings");
        assertThat(PROBLEM.metrics())
                .startsWith("seg.mIoU", "seg.mAcc")
                .contains("cls.top1", "cls.loss", "det.AP50")
                .hasSize(4 + 4 + 7);
        assertThat(PROBLEM.metrics())
                .filteredOn(m -> !PROBLEM.isHigherBetter(m))
                .containsExactly("cls.loss");
    }

    @Test
    void lossesAreSummedByTheirWeights() {
        Graph graph = TrainingGraphs.of(MODEL, open(Map.of("det", 0.5, "seg", 2.0)));
        assertThat(graph.outputs())
                .containsOnlyKeys(
                        "seg.loss",
                        "cls.loss",
                        "det.loss.class",
                        "det.loss.box",
                        "det.loss",
                        "seg.logits",
                        "cls.logits",
                        "det.class_logits",
                        "det.box_encodings",
                        "loss");
        Node loss = graph.output("loss");
        assertThat(loss.op()).isEqualTo(new WeightedSum(List.of(2.0, 1.0, 0.5)));
        assertThat(loss.inputs())
                .containsExactly(graph.output("seg.loss"), graph.output("cls.loss"), graph.output("det.loss"));
        assertThat(graph.inputs())
                .extracting(Node::name)
                .containsExactlyInAnyOrder("input", "seg.labels", "cls.labels", "det.anchor_labels", "det.box_targets");
        Graph plain = TrainingGraphs.of(MODEL, PROBLEM);
        assertThat(plain.output("loss").op()).isEqualTo(new WeightedSum(List.of(1.0, 1.0, 1.0)));
    }

    @Test
    void aWeightOfNoHeadIsNamed() {
        assertThatThrownBy(() -> open(Map.of("sge", 2.0))).hasMessage("weights: has sge, the heads are seg, cls, det");
    }

    @Test
    void everyHeadIsFed() {
        Batch batch = batch(PROBLEM.targets());
        assertThat(batch.targets()).containsOnlyKeys("seg.labels", "det.anchor_labels", "det.box_targets");
        assertThat(batch.targets().get("det.anchor_labels").ints()).contains(2);
        assertThat(batch.targets().get("seg.labels").ints()).containsOnly(0);
        Map<String, Tensor> fed = PROBLEM.feed(batch);
        assertThat(fed).containsOnlyKeys("input", "seg.labels", "cls.labels", "det.anchor_labels", "det.box_targets");
        assertThat(((Tensor.Ints) fed.get("cls.labels")).data()).containsExactly(1);
    }

    private static final class Counted implements Forward {
        private int passes;

        @Override
        public Outputs run(Map<String, Tensor> inputs) {
            passes++;
            return answer();
        }
    }

    @Test
    void onePassServesAllHeads() {
        Counted network = new Counted();
        Batch batch = batch(TargetEncoder.NONE);
        Scores scores = PROBLEM.scores(DATA);
        scores.measure(batch, network);
        assertThat(network.passes).isEqualTo(1);
        scores.measure(batch, network); // the arrays are the same, what is in them is not
        assertThat(network.passes).isEqualTo(2);
        PROBLEM.predict(batch, network, 1);
        assertThat(network.passes).isEqualTo(3);
    }

    @Test
    void otherPicturesAreAnotherPass() {
        Counted network = new Counted();
        SharedForward shared = new SharedForward(network, Map.of("input", Tensor.of(new float[3], 1, 3, 1, 1)));
        float[] data = new float[12];
        Tensor.Floats pictures = Tensor.of(data, 1, 3, 2, 2);
        Outputs first = shared.run(pictures);
        assertThat(shared.run(Tensor.of(data, 1, 3, 2, 2))).isSameAs(first);
        assertThat(network.passes).isEqualTo(1);
        assertThat(shared.run(Tensor.of(data, 1, 3, 1, 4))).isNotSameAs(first);
        assertThat(shared.run(Tensor.of(new float[12], 1, 3, 1, 4))).isNotSameAs(first);
        assertThat(network.passes).isEqualTo(3);
        shared.run(pictures);
        assertThat(network.passes).isEqualTo(4);
        byte[] samples = new byte[12];
        Outputs ofBytes = shared.run(Tensor.of(samples, new float[768], 1, 3, 2, 2));
        assertThat(shared.run(Tensor.of(samples, new float[768], 1, 3, 2, 2))).isSameAs(ofBytes);
        assertThat(network.passes).isEqualTo(5);
    }

    @Test
    void figuresRowsAndPartsHaveKeys() {
        Scores scores = PROBLEM.scores(DATA);
        scores.measure(batch(TargetEncoder.NONE), new Counted());
        assertThat(scores.samples()).isEqualTo(1);
        assertThat(scores.values().keySet()).containsExactlyElementsOf(PROBLEM.metrics());
        assertThat(scores.values())
                .containsEntry("seg.mIoU", 1.0)
                .containsEntry("cls.top1", 1.0)
                .containsEntry("det.AP50", 0.0);
        assertThat(scores.predictions()).extracting(r -> r.get("head")).containsExactly("seg", "cls");
        assertThat(scores.predictions().get(1)).containsEntry("id", "photo").containsEntry("predicted_name", "dog");
        List<Part> parts = scores.parts();
        assertThat(parts)
                .extracting(Part::key)
                .contains("seg_confusion_matrix", "seg_classes", "cls_classes", "cls_worst", "det_classes", "det_worst")
                .doesNotHaveDuplicates();
        assertThat(((Part.Table) parts.get(1)).title()).isEqualTo("seg: Classes");
        assertThat(((Part.Picture) parts.get(0)).title()).isEqualTo("seg: Confusion matrix");
        assertThat(((Part.Gallery) parts.get(2)).title()).startsWith("seg: Lowest mIoU");
    }

    @Test
    void answersStandBelowEachOther() {
        Prediction joint =
                PROBLEM.predict(batch(TargetEncoder.NONE), new Counted(), 1).get(0);
        assertThat(joint.summary()).isEqualTo("seg: ground 100.0 %; cls: dog 0.881; det: nothing");
        assertThat(joint.columns()).containsExactly("head", "answer");
        assertThat(joint.rows())
                .containsExactly(
                        List.of("seg", "ground 100.0 %"), List.of("cls", "dog 0.881"), List.of("det", "nothing"));
        assertThat(joint.values().keySet()).containsExactly("seg", "cls", "det");
        assertThat(joint.files()).containsOnlyKeys(".seg.labels.png");
        BufferedImage drawn = joint.draw(PHOTO.image(), Annotations.NONE);
        int seg = 240 + 8 + 22 + 8;
        int cls = 320 + 10 + 26 + 10;
        assertThat(drawn.getWidth()).isEqualTo(320);
        assertThat(drawn.getHeight()).isEqualTo(seg + cls + 320);
        assertThat(drawn.getRGB(300, 100) & 0xFFFFFF).isEqualTo(0xFFFFFF); // beside the narrower one
        assertThat(drawn.getRGB(300, seg + 100) & 0xFFFFFF).isZero();
    }
}
