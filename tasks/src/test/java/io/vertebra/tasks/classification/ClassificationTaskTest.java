package io.vertebra.tasks.classification;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.INTEGER;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.GoogLeNet;
import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Batch;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.WeightedSum;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Blobs;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.LossConfig;
import io.vertebra.tasks.pictures.Canvas;
import io.vertebra.tasks.training.TrainingGraphs;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassificationTaskTest {
    private static final List<String> NAMES = List.of("red", "green", "blue");

    private final ClassificationProblem problem = new ClassificationProblem("", NAMES, 0.1, false);
    private final ClassificationProblem soft = new ClassificationProblem("", NAMES, 0, true);

    private static Batch batch(boolean soft) {
        Batch batch = new Batch(2, 4, 5, 3, soft);
        batch.labels()[0] = 2;
        batch.labels()[1] = 0;
        batch.fill(0, 0, 2);
        return batch;
    }

    @Test
    void theGraphIsTheModelWithItsLoss() {
        Model model = Model.of(
                Backbones.builtIn().get("resnet20_cifar"), Heads.builtIn().get("classifier"), 7);
        Graph graph = TrainingGraphs.of(model, problem);
        assertThat(graph.outputs()).containsOnlyKeys("logits", "loss");
        assertThat(graph.outputs().keySet()).containsAll(problem.outputs());
        assertThat(graph.output("loss").op()).isEqualTo(new SoftmaxCrossEntropy(0.1, SoftmaxCrossEntropy.IGNORE));
        assertThat(graph.inputs()).extracting(Node::name).containsExactlyInAnyOrder("input", "labels");
        assertThat(TrainingGraphs.of(model, soft).inputs())
                .extracting(Node::name)
                .containsExactlyInAnyOrder("input", "soft_labels");
        assertThat(graph.inputs()).extracting(Node::op).contains(new Input(DataType.I32, Shape.of(Shape.ANY)));
        assertThat(TrainingGraphs.of(model, soft).inputs())
                .extracting(Node::op)
                .contains(new Input(DataType.F32, Shape.of(Shape.ANY, 7)));
    }

    /** GoogLeNet's paper, section 5: the losses of the auxiliary classifiers count by 0.3. */
    @Test
    void auxiliaryClassifiersAddTheirLosses() {
        GoogLeNet.Config options = new GoogLeNet.Config(null, null, null, null, true, null);
        Model model = Model.of(
                Backbones.builtIn().get("googlenet", options), Heads.builtIn().get("classifier"), 7);
        Graph graph = TrainingGraphs.of(model, problem);
        Node loss = graph.output("loss");
        assertThat(loss.op()).isEqualTo(new WeightedSum(List.of(1.0, 0.3, 0.3)));
        assertThat(loss.inputs())
                .extracting(n -> n.inputs().get(0).name())
                .containsExactly("fc", "aux1.fc2", "aux2.fc2");
        assertThat(loss.inputs())
                .extracting(Node::op)
                .containsOnly(new SoftmaxCrossEntropy(0.1, SoftmaxCrossEntropy.IGNORE));
        assertThat(graph.outputs()).containsOnlyKeys("logits", "loss");
    }

    @Test
    void theTaskOpensTheProblemOfTheSetting() {
        Setting setting = new Setting(
                null,
                "cls",
                Map.of("cls", Labels.of(NAMES)),
                LossConfig.smoothed(0.2),
                EvaluateConfig.defaults(),
                true);
        assertThat(new ClassificationTask().open(setting))
                .isEqualTo(new ClassificationProblem("cls", NAMES, 0.2, true));
        assertThat(new ClassificationTask().classNames(new Blobs(3, 8, 1))).isEqualTo(NAMES);
        assertThat(new ClassificationTask().name()).isEqualTo("classification");
        assertThat(new ClassificationTask().outputs(3)).isEqualTo(3);
    }

    @Test
    void feedsPicturesAndLabels() {
        Batch batch = batch(false);
        var fed = problem.feed(batch);
        assertThat(fed).containsOnlyKeys("input", "labels");
        assertThat(((Tensor.Floats) fed.get("input")).data()).isSameAs(batch.input());
        assertThat(fed.get("input").shape()).isEqualTo(Shape.of(2, 3, 4, 5));
        assertThat(((Tensor.Ints) fed.get("labels")).data()).containsExactly(2, 0);
        assertThat(new ClassificationProblem("cls", NAMES, 0, false).feed(batch))
                .containsOnlyKeys("input", "cls.labels");
    }

    @Test
    void feedsProbabilitiesWherePicturesAreMixed() {
        Batch batch = batch(true);
        batch.softLabels().orElseThrow()[1] = 0.5f;
        var fed = soft.feed(batch);
        assertThat(fed).containsOnlyKeys("input", "soft_labels");
        assertThat(((Tensor.Floats) fed.get("soft_labels")).data()).containsExactly(0, 0.5f, 0, 0, 0, 0);
        assertThat(fed.get("soft_labels").shape()).isEqualTo(Shape.of(2, 3));
    }

    @Test
    void onlyTheLossIsBetterWhenLower() {
        assertThat(problem.metrics()).filteredOn(problem::isHigherBetter).containsExactly("top1", "top5", "f1");
    }

    @Test
    void predictsTheLikeliestClasses() {
        Outputs outputs = new Outputs(Map.of(
                "logits", Tensor.of(new float[] {0, 0, 0, (float) Math.log(3), (float) Math.log(4), 0}, 2, 3)));
        List<Prediction> all = problem.predict(batch(false), pictures -> outputs, 2);
        assertThat(all).hasSize(2);
        Prediction prediction = all.get(1);
        assertThat(prediction.columns())
                .containsExactly("label", "label_name", "score", "label_2", "label_name_2", "score_2");
        assertThat(prediction.rows()).containsExactly(List.of("1", "green", "0.500000", "0", "red", "0.375000"));
        assertThat(prediction.summary()).isEqualTo("green 0.500, red 0.375");
        assertThat(prediction.values().toString()).contains("label=1", "label_name=green", "score=0.");
    }

    @Test
    void drawsABarAsLongAsTheScore() {
        ClassPrediction prediction = new ClassPrediction(
                List.of(new ClassPrediction.Candidate(0, "", 0.5), new ClassPrediction.Candidate(1, "", 0.25)));
        BufferedImage picture = prediction.draw(Raster.of(100, 400, 3, new byte[120_000]), Annotations.NONE);
        assertThat(picture.getWidth()).isEqualTo(400);
        assertThat(picture.getHeight()).isEqualTo(100 + 10 + 2 * 26 + 10);
        assertThat(picture.getRGB(200, 50) & 0xFFFFFF).isZero(); // the photo
        int firstRow = 110 + 4;
        int full = 400 - 20;
        assertThat(picture.getRGB(10 + full / 2 - 2, firstRow) & 0xFFFFFF).isEqualTo(0x9cc4ee);
        assertThat(picture.getRGB(10 + full / 2 + 2, firstRow) & 0xFFFFFF).isEqualTo(0xFFFFFF);
        assertThat(picture.getRGB(10 + full / 4 - 2, firstRow + 26) & 0xFFFFFF).isEqualTo(0xc9def5);
        assertThat(picture.getRGB(10 + full / 4 + 2, firstRow + 26) & 0xFFFFFF).isEqualTo(0xFFFFFF);
    }

    @Test
    void writesTheNameAtTheLeftOfARowAndTheScoreAtTheRight() {
        assumeTrue(Canvas.hasFonts(), "this machine has no fonts");
        String wide = "W".repeat(100); // is cut, so that both can be read
        ClassPrediction prediction = new ClassPrediction(
                List.of(new ClassPrediction.Candidate(0, "", 0.5), new ClassPrediction.Candidate(1, wide, 0.5)));
        BufferedImage picture = prediction.draw(Raster.of(320, 320, 3, new byte[307_200]), Annotations.NONE);
        List<Integer> columns = new ArrayList<>();
        List<Integer> rows = new ArrayList<>();
        for (int x = 0; x < 320; x++) {
            for (int y = 330 + 26; y < picture.getHeight(); y++) {
                if ((picture.getRGB(x, y) >> 16 & 0xFF) < 0x60) { // ink, neither paper nor bar
                    columns.add(x);
                    rows.add(y - 330 - 26);
                }
            }
        }
        assertThat(columns).first(as(INTEGER)).isBetween(16, 18);
        assertThat(columns).last(as(INTEGER)).isBetween(320 - 19, 320 - 15);
        assertThat(Collections.min(rows)).isBetween(4, 10);
        assertThat(Collections.max(rows)).isBetween(16, 22);
        int gap = IntStream.range(1, columns.size())
                .map(i -> columns.get(i) - columns.get(i - 1))
                .max()
                .orElseThrow();
        assertThat(gap).as("between name and score").isBetween(10, 40);
    }

    @Test
    void aNarrowPhotoStandsInTheMiddle() {
        ClassPrediction one = new ClassPrediction(List.of(new ClassPrediction.Candidate(0, "a", 1)));
        BufferedImage picture = one.draw(Raster.of(40, 20, 3, new byte[2400]), Annotations.NONE);
        assertThat(IntStream.of(78, 82, 237, 241).map(x -> picture.getRGB(x, 160) & 0xFFFFFF))
                .containsExactly(0xFFFFFF, 0, 0, 0xFFFFFF);
    }

    @Test
    void smallPhotosAreEnlargedAndLargeOnesReduced() {
        ClassPrediction one = new ClassPrediction(List.of(new ClassPrediction.Candidate(0, "a", 1)));
        assertThat(one.draw(Raster.of(40, 20, 3, new byte[2400]), Annotations.NONE)
                        .getWidth())
                .isEqualTo(320);
        assertThat(one.draw(Raster.of(40, 20, 3, new byte[2400]), Annotations.NONE)
                        .getHeight())
                .isEqualTo(320 + 46);
        assertThat(one.draw(Raster.of(1, 2000, 3, new byte[6000]), Annotations.NONE)
                        .getWidth())
                .isEqualTo(1024);
        assertThat(one.draw(Raster.of(1, 2000, 3, new byte[6000]), Annotations.NONE)
                        .getHeight())
                .isEqualTo(1 + 46);
    }
}
