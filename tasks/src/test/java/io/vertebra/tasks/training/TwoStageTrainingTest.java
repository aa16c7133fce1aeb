package io.vertebra.tasks.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.formats.ShapesFormat;
import io.vertebra.datasets.loading.Loader;
import io.vertebra.datasets.loading.LoaderOptions;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.datasets.transforms.RandomHorizontalFlip;
import io.vertebra.datasets.transforms.RandomResize;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Served;
import io.vertebra.graph.engine.Precision;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Model;
import io.vertebra.heads.Stages;
import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.MemoryFolders;
import io.vertebra.tasks.OneDnn;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.Settings;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.TwoStages;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.FreezeConfig;
import io.vertebra.tasks.config.LossConfig;
import io.vertebra.tasks.config.OptimizerConfig;
import io.vertebra.tasks.config.Schedule;
import io.vertebra.tasks.config.TrainConfig;
import io.vertebra.tasks.detection.DetectionTask;
import io.vertebra.tasks.joint.JointTask;
import io.vertebra.tasks.runs.RunFolder;
import io.vertebra.tasks.runs.WeightMetadata;
import io.vertebra.tasks.segmentation.SegmentationTask;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole runs of a two-stage detector on drawn pictures: it learns, alone and beside another head, and a stop changes nothing. */
@Tag("slow")
class TwoStageTrainingTest {
    private static final int SIDE = 48;
    private static final Dataset DATA = new ShapesFormat().open(new ShapesFormat.Config(8, SIDE, 1L));
    private static final int CLASSES = DATA.classNames().size();
    private static final Map<String, Task> TASKS =
            Map.of("segmentation", new SegmentationTask(), "detection", new DetectionTask());

    /** Pictures of several sizes, so that a batch pads some of them. */
    private static final Pipeline CHANGED = Pipeline.of(List.of(
            new RandomResize(new RandomResize.Config(List.of(SIDE, SIDE), List.of(0.75, 1.25), null)),
            new RandomHorizontalFlip(new RandomHorizontalFlip.Config(0.5))));

    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    private static Model alone() {
        return TwoStages.model(CLASSES + 1);
    }

    private static Model beside() {
        Map<String, HeadPart> heads = new LinkedHashMap<>();
        heads.put("seg", Settings.narrowFcn(CLASSES + 1));
        heads.put("det", HeadPart.of(TwoStages.head(), CLASSES + 1));
        return TwoStages.model(heads);
    }

    private static Problem problem(Model model) {
        Map<String, Labels> labels = new LinkedHashMap<>();
        model.heads()
                .forEach((key, head) ->
                        labels.put(key, Labels.of(TASKS.get(head.task()).classNames(DATA))));
        Setting setting = new Setting(
                model,
                labels.keySet().iterator().next(),
                labels,
                LossConfig.defaults(),
                EvaluateConfig.defaults(),
                false);
        return (model.isSingle() ? TASKS.get(model.task()) : new JointTask(TASKS)).open(setting);
    }

    private static TrainConfig epochs(int epochs, FreezeConfig freeze) {
        return new TrainConfig(
                4,
                1,
                epochs,
                null,
                new OptimizerConfig.AdamW(0.003, null, null, null, 0.01, null),
                new Schedule.Constant(null, null),
                null,
                10.0,
                freeze,
                null);
    }

    private static final class Stop implements TrainingListener {
        private final StopSwitch stop = new StopSwitch();
        private final long until;

        Stop(long until) {
            this.until = until;
        }

        @Override
        public void progressed(Progress progress) {
            if (progress.step() == until) {
                stop.stop();
            }
        }
    }

    private static Outcome run(
            Model model,
            Precision precision,
            TrainConfig config,
            Pipeline pipeline,
            Path path,
            boolean resume,
            Stop stop) {
        Problem problem = problem(model);
        Graph graph = TrainingGraphs.of(model, problem);
        LoaderOptions options = LoaderOptions.of(4, 1).withBucket(8);
        Normalization normalization = Normalization.IMAGENET;
        try (Loader loader = Loader.training(
                        DATA, pipeline, normalization, options.withWorkers(resume ? 3 : 1, 2), problem.targets());
                Loader validation = Loader.evaluation(DATA, Pipeline.NONE, normalization, LoaderOptions.of(3, 1));
                RunFolder folder = RunFolder.open(path, resume, "a test")) {
            Training training = new Training(
                    problem,
                    graph,
                    Stages.of(model),
                    Parameters.initialize(graph, 1),
                    OneDnn.engine(),
                    precision,
                    1,
                    config,
                    EvaluateConfig.of(3, config.epochs(), null, null, null, null),
                    loader,
                    Optional.of(new Validation(DATA, validation)),
                    new WeightMetadata(
                            model.task(),
                            DATA.classNames(),
                            new Size(SIDE, SIDE),
                            normalization,
                            "resnet20_cifar",
                            model.task(),
                            "0.1.0",
                            "digest"),
                    "",
                    Map.of());
            return new Trainer(training, folder, stop, stop.stop, Checkpointing.DEFAULT).run();
        }
    }

    @Test
    void eightPicturesAreLearnt() {
        TrainConfig config = epochs(70, null);
        Outcome outcome = run(alone(), Precision.FP32, config, Pipeline.NONE, temp.resolve("run"), false, new Stop(-1));
        assertThat(outcome.status()).isEqualTo(Outcome.Status.COMPLETE);
        assertThat(outcome.metrics().get("AP50")).isGreaterThan(0.6);
        assertThat(outcome.metrics().get("AP")).isGreaterThan(0.3);
    }

    @Test
    void itLearnsBesideAnotherHead() {
        Precision precision = OneDnn.engine().preferred(); // bf16, where the processor has it
        TrainConfig config = epochs(70, null);
        Outcome outcome = run(beside(), precision, config, Pipeline.NONE, temp.resolve("run"), false, new Stop(-1));
        assertThat(outcome.metrics().get("det.AP50")).isGreaterThan(0.4);
        assertThat(outcome.metrics().get("seg.mIoU")).isGreaterThan(0.3);
    }

    /** Regions and anchors are drawn anew in each epoch; the padding, the draws and the statistics are those of the unbroken run. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "BF16"})
    void aRunThatWasStoppedEndsWithTheSameBytes(Precision precision) {
        Served.require(OneDnn.engine(), precision);
        Path calm = temp.resolve("calm");
        Path stopped = temp.resolve("stopped");
        TrainConfig config = epochs(3, new FreezeConfig(1, false));
        run(alone(), precision, config, CHANGED, calm, false, new Stop(-1));
        Outcome half = run(alone(), precision, config, CHANGED, stopped, false, new Stop(3));
        assertThat(half.status()).isEqualTo(Outcome.Status.INTERRUPTED);
        Outcome whole = run(alone(), precision, config, CHANGED, stopped, true, new Stop(-1));
        assertThat(whole.step()).isEqualTo(6);
        for (String which : List.of("best", "last")) {
            assertThat(RunFolder.weights(stopped, which)).hasSameBinaryContentAs(RunFolder.weights(calm, which));
        }
        assertThat(TinyRuns.rows(stopped)).isEqualTo(TinyRuns.rows(calm));
    }
}
