package io.vertebra.tasks.joint;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Model;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Scenes;
import io.vertebra.tasks.Settings;
import io.vertebra.tasks.TwoStages;
import io.vertebra.tasks.config.LossConfig;
import io.vertebra.tasks.detection.DetectionTask;
import io.vertebra.tasks.segmentation.SegmentationTask;
import io.vertebra.tasks.training.TrainingGraphs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A head that asks with pictures alone beside one that tells their sizes too. */
class JointTwoStageTest {
    private static final List<String> PIXELS = List.of("ground", "cat");
    private static final List<String> OBJECTS = List.of("cat");
    private static final Sample PHOTO =
            new Sample("photo", Scenes.black(24, 30), 0, Annotations.of(Scenes.map(24, 30, new int[24 * 30])));
    private static final Model MODEL = model();
    private static final Problem PROBLEM = problem();

    private static Model model() {
        Map<String, HeadPart> heads = new LinkedHashMap<>();
        heads.put("seg", Settings.narrowFcn(2));
        heads.put("det", HeadPart.of(TwoStages.head(), 2));
        return TwoStages.model(heads);
    }

    private static Problem problem() {
        Map<String, List<String>> names = new LinkedHashMap<>();
        names.put("seg", PIXELS);
        names.put("det", OBJECTS);
        return new JointTask(Map.of("segmentation", new SegmentationTask(), "detection", new DetectionTask()))
                .open(Settings.of(MODEL, names, LossConfig.defaults()));
    }

    private static Batch batch(TargetEncoder targets) {
        io.vertebra.images.Size size = new io.vertebra.images.Size(32, 40);
        Batch batch = new Batch(1, 32, 40, 1, false);
        batch.reshape(size, targets.targets(size));
        batch.describe(0, PHOTO, 0, targets);
        batch.fill(0, 0, 1);
        return batch;
    }

    private static Forward network(List<Map<String, Tensor>> asked) {
        return inputs -> {
            asked.add(inputs);
            return new Outputs(Map.of(
                    "seg.logits",
                    Tensor.of(new float[] {1, 0}, 1, 2, 1, 1),
                    "det.proposals",
                    Tensor.of(new float[] {0, 4, 4, 60, 60}, 1, 5),
                    "det.roi.class_logits",
                    Tensor.of(new float[] {0, 9}, 1, 2),
                    "det.roi.box_encodings",
                    Tensor.of(new float[8], 1, 8)));
        };
    }

    @Test
    void onePassAnswersAllHeads() {
        List<Map<String, Tensor>> asked = new ArrayList<>();
        Batch batch = batch(TargetEncoder.NONE);
        String answer = PROBLEM.predict(batch, network(asked), 1).get(0).summary();
        assertThat(answer).isEqualTo("seg: ground 100.0 %; det: cat 1.00");
        PROBLEM.scores(new Scenes(List.of(PHOTO), OBJECTS, PIXELS)).measure(batch, network(asked));
        assertThat(asked).hasSize(2).allSatisfy(inputs -> {
            assertThat(inputs).containsOnlyKeys("input", "sizes");
            assertThat(((Tensor.Floats) inputs.get("sizes")).data()).containsExactly(24, 30);
        });
    }

    @Test
    void namesHaveTheKeyButTheSizes() {
        Graph graph = TrainingGraphs.of(MODEL, PROBLEM);
        assertThat(graph.outputs())
                .containsKeys(
                        "seg.loss",
                        "det.loss.rpn_class",
                        "det.loss.rpn_box",
                        "det.loss.class",
                        "det.loss.box",
                        "det.loss",
                        "loss",
                        "det.proposals");
        Map<String, Tensor> fed = PROBLEM.feed(batch(PROBLEM.targets()));
        assertThat(fed)
                .containsOnlyKeys(
                        "input",
                        "sizes",
                        "seg.labels",
                        "det.rpn_labels",
                        "det.rpn_targets",
                        "det.truths",
                        "det.truth_labels");
        assertThat(graph.inputs()).extracting(Node::name).containsExactlyInAnyOrderElementsOf(fed.keySet());
    }
}
