package io.vertebra.tasks.segmentation;

import static io.vertebra.tasks.Scenes.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Target;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxDice;
import io.vertebra.graph.op.WeightedSum;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.Model;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Size;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.Scenes;
import io.vertebra.tasks.Settings;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.LossConfig;
import io.vertebra.tasks.config.LossTerm;
import io.vertebra.tasks.training.TrainingGraphs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SegmentationProblemTest {
    private static final List<String> NAMES = List.of("ground", "sky", "tree");
    private static final Model MODEL = Settings.model(Settings.narrowFcn(3));

    private static SegmentationProblem problem(LossConfig loss) {
        return new SegmentationProblem(Settings.of(MODEL, NAMES, loss, EvaluateConfig.defaults()));
    }

    private static final SegmentationProblem PROBLEM = problem(LossConfig.defaults());

    @Test
    void theTaskOpensTheProblemForPixelClasses() {
        SegmentationTask task = new SegmentationTask();
        assertThat(task.name()).isEqualTo("segmentation").isEqualTo(MODEL.task());
        assertThat(task.classNames(Scenes.of(NAMES, List.of(map(1, 1, 0))))).isEqualTo(NAMES);
        assertThat(task.outputs(3)).isEqualTo(3);
        assertThat(task.open(Settings.of(MODEL, NAMES))).isInstanceOf(SegmentationProblem.class);
        assertThat(PROBLEM.metrics()).containsExactly("mIoU", "mAcc", "aAcc", "mDice");
        assertThat(PROBLEM.metrics()).allMatch(PROBLEM::isHigherBetter);
        assertThat(PROBLEM.outputs()).containsExactly("logits");
    }

    @Test
    void aMapWithoutRoomForItsClassesIsRefused() {
        Model many = Settings.model(Settings.narrowFcn(255));
        assertThatThrownBy(() -> new SegmentationProblem(Settings.of(many, NAMES)))
                .isInstanceOf(GraphException.class)
                .hasMessage("classes: of pixels must be fewer than 255, are 255");
    }

    @Test
    void targetsAreTheMapAndPaddingIsIgnored() {
        TargetEncoder targets = PROBLEM.targets();
        Size size = new Size(3, 4);
        assertThat(targets.targets(size)).containsExactly(Target.ints("labels", 3, 4));
        Batch batch = new Batch(2, 3, 4, 3, false);
        batch.reshape(size, targets.targets(size));
        Sample sample = new Sample("a", Scenes.black(2, 3), 0, Annotations.of(map(2, 3, 0, 1, 2, 255, 254, 1)));
        batch.describe(1, sample, 0, targets);
        assertThat(batch.targets().get("labels").ints())
                .containsExactly(
                        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 255, 255, 254, 1, 255, 255, 255, 255, 255);
        assertThatThrownBy(() -> batch.describe(0, new Sample("b", Scenes.black(2, 3), 0), 0, targets))
                .hasMessage("b: has no label map; the format must give one");
        batch.fill(0, 0, 2);
        Map<String, Tensor> fed = PROBLEM.feed(batch);
        assertThat(fed).containsOnlyKeys("input", "labels");
        assertThat(((Tensor.Ints) fed.get("labels")).data())
                .isSameAs(batch.targets().get("labels").ints());
        assertThat(fed.get("labels").shape().get(2)).isEqualTo(4);
    }

    @Test
    void oneTermIsTheLoss() {
        LossConfig config = new LossConfig(0.1, null, SoftmaxCrossEntropy.Average.ALL, List.of(1.0, 2.0, 0.5), null);
        Graph graph = TrainingGraphs.of(MODEL, problem(config));
        assertThat(graph.outputs()).containsOnlyKeys("logits", "loss");
        Node loss = graph.output("loss");
        assertThat(loss.op())
                .isEqualTo(new SoftmaxCrossEntropy(
                        0.1, 255, List.of(1.0, 2.0, 0.5), null, SoftmaxCrossEntropy.Average.ALL));
        Node full = loss.inputs().get(0);
        assertThat(full.op())
                .isEqualTo(new Resize(Resize.Filter.BILINEAR, MODEL.part().alignCorners()));
        assertThat(full.inputs().get(0)).isEqualTo(graph.output("logits"));
        assertThat(full.inputs().get(1).name()).isEqualTo("input");
        assertThat(loss.inputs().get(1).name()).isEqualTo("labels");
    }

    @Test
    void oneTermWithAWeightIsMultiplied() {
        Graph graph = TrainingGraphs.of(MODEL, problem(Settings.terms(new LossTerm.CrossEntropy(2.0))));
        assertThat(graph.output("loss").op()).isEqualTo(new WeightedSum(List.of(2.0)));
        assertThat(graph.outputs()).containsOnlyKeys("logits", "loss");
    }

    @Test
    void severalTermsAndTheAuxiliaryHeadAreNamedAndSummed() {
        Model helped = MODEL.with(Optional.of(new Auxiliary(-2, 8, 0.0, 0.4)));
        LossConfig config = Settings.terms(
                new LossTerm.Ohem(1.0, 0.7, 100), new LossTerm.Dice(3.0, 2.0), new LossTerm.SmoothL1(1.0, 1.0));
        SegmentationProblem problem =
                new SegmentationProblem(Settings.of(helped, NAMES, config, EvaluateConfig.defaults()));
        Graph graph = TrainingGraphs.of(helped, problem);
        assertThat(graph.outputs())
                .containsOnlyKeys(
                        "loss.ohem", "loss.auxiliary_ohem", "loss.dice", "loss.auxiliary_dice", "logits", "loss");
        Node loss = graph.output("loss");
        assertThat(((WeightedSum) loss.op()).weights()).containsExactly(1.0, 0.4, 3.0, 3 * 0.4);
        assertThat(loss.inputs())
                .containsExactly(
                        graph.output("loss.ohem"),
                        graph.output("loss.auxiliary_ohem"),
                        graph.output("loss.dice"),
                        graph.output("loss.auxiliary_dice"));
        assertThat(graph.output("loss.ohem").op())
                .isEqualTo(new SoftmaxCrossEntropy(
                        0,
                        255,
                        List.of(),
                        new SoftmaxCrossEntropy.Hardest(0.7, 100),
                        SoftmaxCrossEntropy.Average.VALID));
        assertThat(graph.output("loss.dice").op()).isEqualTo(new SoftmaxDice(2.0, 255));
        Node main = graph.output("loss.ohem").inputs().get(0).inputs().get(0);
        Node side = graph.output("loss.auxiliary_ohem").inputs().get(0).inputs().get(0);
        assertThat(main).isEqualTo(graph.output("logits"));
        assertThat(side).isNotEqualTo(main);
    }

    @Test
    void weightsOfClassesAreCounted() {
        LossConfig two = new LossConfig(null, null, null, List.of(1.0, 2.0), null);
        assertThatThrownBy(() -> problem(two)).hasMessage("class_weights: are 2 for 3 classes");
    }

    /** A network whose logits are one where the picture is bright, at the picture's own size. */
    private static final Forward BRIGHT = inputs -> {
        Tensor pictures = inputs.get("input");
        int area = pictures.shape().h() * pictures.shape().w();
        int n = pictures.shape().n();
        float[] logits = new float[n * 3 * area];
        for (int i = 0; i < n; i++) {
            System.arraycopy(((Tensor.Floats) pictures).data(), i * 3 * area, logits, (i * 3 + 1) * area, area);
        }
        return new Outputs(Map.of(
                "logits",
                Tensor.of(logits, n, 3, pictures.shape().h(), pictures.shape().w())));
    };

    private static Batch batch(int height, int width, Sample... samples) {
        Batch batch = new Batch(samples.length + 1, height, width, 3, false);
        for (int i = 0; i < samples.length; i++) {
            batch.describe(i, samples[i], i, TargetEncoder.NONE);
        }
        batch.pad(samples.length, -1);
        batch.fill(0, 0, samples.length);
        return batch;
    }

    private static SegmentationPrediction predicted(Batch batch, int row) {
        List<Prediction> all = PROBLEM.predict(batch, BRIGHT, 5);
        assertThat(all).hasSize(batch.valid());
        return (SegmentationPrediction) all.get(row);
    }

    @Test
    void paddingIsCutAndTheSizeOfThePhotoComesBack() {
        Sample photo = new Sample("a", Scenes.black(4, 6), 0);
        Sample seen = photo.resized(2, 3, Interpolation.BILINEAR);
        Batch batch = batch(4, 5, photo.resized(4, 5, Interpolation.BILINEAR), seen);
        float[] input = batch.input();
        int second = 3 * 20;
        input[second] = 1; // the top left pixel of the second picture
        input[second + 3] = 1; // padding beside it
        input[second + 4] = 1;
        input[second + 15] = 1; // padding below it
        SegmentationPrediction prediction = predicted(batch, 1);
        assertThat(prediction.map().height()).isEqualTo(4);
        assertThat(prediction.map().width()).isEqualTo(6);
        // bilinear from 1 0 0: 1, 0.75, 0.25, 0, 0, 0 and rows alike; a logit above 0 beats the other classes' 0
        assertThat(prediction.map().data())
                .containsExactly(1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(predicted(batch, 0).map().data()).containsOnly(0);
    }

    @Test
    void paddingByATransformIsCutToo() {
        Sample padded = new Sample("a", Scenes.black(2, 2), 0).window(0, 0, 3, 4);
        Batch batch = batch(3, 4, padded);
        batch.input()[5] = 1;
        batch.input()[11] = 1;
        assertThat(predicted(batch, 0).map().data()).containsExactly(0, 0, 0, 1);
    }

    @Test
    void cutAndMirroredPicturesAreRefused() {
        Sample photo = new Sample("a", Scenes.black(4, 4), 0);
        for (Sample wrong : List.of(
                photo.window(0, 1, 4, 4),
                photo.window(1, 0, 4, 4),
                photo.window(0, 0, 3, 4),
                photo.window(0, 0, 4, 3),
                photo.flipped())) {
            assertThatThrownBy(() -> predicted(batch(4, 4, wrong), 0))
                    .isInstanceOf(GraphException.class)
                    .hasMessage(
                            "transforms: of evaluation must keep the whole picture: resize and pad, do not cut or flip");
        }
    }

    @Test
    void onePixelAndALineAreAnswered() {
        Batch one = batch(1, 1, new Sample("a", Scenes.black(1, 1), 0));
        one.input()[0] = 1;
        assertThat(predicted(one, 0).map().data()).containsExactly(1);
        Sample line = new Sample("b", Scenes.black(1, 20_000), 0);
        Batch batch = batch(1, 512, line.resized(1, 512, Interpolation.BILINEAR));
        batch.input()[511] = 1;
        byte[] labels = predicted(batch, 0).map().data();
        assertThat(labels).hasSize(20_000);
        assertThat(labels[19_999]).isEqualTo((byte) 1);
        assertThat(labels[0]).isZero();
    }

    @Test
    void scoresAreOfTheMapsOfTheData() {
        Scenes data = Scenes.of(NAMES, List.of(map(1, 2, 1, 0)));
        Batch batch = batch(1, 2, data.load(0));
        batch.input()[0] = 1;
        SegmentationScores scores = (SegmentationScores) PROBLEM.scores(data);
        scores.measure(batch, BRIGHT);
        assertThat(scores.samples()).isEqualTo(1);
        assertThat(scores.values()).containsEntry("aAcc", 1.0).containsEntry("mIoU", 1.0);
    }
}
