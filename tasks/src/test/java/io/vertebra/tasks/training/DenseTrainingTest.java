package io.vertebra.tasks.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.vertebra.cuda.emulated.EmulatedProvider;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.formats.ShapesFormat;
import io.vertebra.datasets.loading.Loader;
import io.vertebra.datasets.loading.LoaderOptions;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.datasets.transforms.RandomHorizontalFlip;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.EngineInFront;
import io.vertebra.graph.contract.Served;
import io.vertebra.graph.contract.SessionInFront;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import io.vertebra.heads.Stages;
import io.vertebra.heads.detection.SsdHead;
import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.MemoryFolders;
import io.vertebra.tasks.OneDnn;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.Settings;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.classification.ClassificationTask;
import io.vertebra.tasks.config.EmaConfig;
import io.vertebra.tasks.config.EvaluateConfig;
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
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs of segmentation, of detection and of three heads at once on drawn pictures: they learn, and a stop changes nothing. */
@Tag("slow")
class DenseTrainingTest {
    private static final int SIDE = 32;
    private static final Dataset DATA = new ShapesFormat().open(new ShapesFormat.Config(8, SIDE, 1L));
    private static final int CLASSES = DATA.classNames().size();

    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    private static HeadPart segmentation() {
        return Settings.narrowFcn(CLASSES + 1).with(Optional.of(new Auxiliary(-2, 8, 0.0, 0.4)));
    }

    private static HeadPart detection() {
        return HeadPart.of(
                Heads.builtIn().get("ssd").with(new SsdHead.Config(null, List.of(16, 16), null, null, null, null)),
                CLASSES + 1);
    }

    private static Map<String, HeadPart> heads(String task) {
        Map<String, HeadPart> heads = new LinkedHashMap<>();
        switch (task) {
            case "segmentation" -> heads.put("", segmentation());
            case "detection" -> heads.put("", detection());
            default -> {
                heads.put("cls", Settings.part("classifier", CLASSES));
                heads.put("seg", segmentation());
                heads.put("det", detection());
            }
        }
        return heads;
    }

    private static Problem problem(Model model) {
        Map<String, Task> tasks = new LinkedHashMap<>();
        for (Task task : List.of(new ClassificationTask(), new SegmentationTask(), new DetectionTask())) {
            tasks.put(task.name(), task);
        }
        Map<String, Labels> labels = new LinkedHashMap<>();
        model.heads()
                .forEach((key, head) ->
                        labels.put(key, Labels.of(tasks.get(head.task()).classNames(DATA))));
        Setting setting = new Setting(
                model, model.isSingle() ? "" : "cls", labels, LossConfig.defaults(), EvaluateConfig.defaults(), false);
        Task task = model.isSingle() ? tasks.get(model.task()) : new JointTask(tasks);
        return task.open(setting);
    }

    private static TrainConfig epochs(int epochs, double rate) {
        return new TrainConfig(
                4,
                2,
                epochs,
                null,
                new OptimizerConfig.AdamW(rate, null, null, null, 0.01, null),
                new Schedule.Constant(null, null),
                null,
                10.0,
                null,
                new EmaConfig(0.5));
    }

    private static final class Losses implements TrainingListener {
        private final StopSwitch stop = new StopSwitch();
        private final long until;
        private double first = Double.NaN;
        private double last = Double.NaN;

        Losses(long until) {
            this.until = until;
        }

        @Override
        public void progressed(Progress progress) {
            first = Double.isNaN(first) ? progress.loss() : first;
            last = progress.loss();
            if (progress.step() == until) {
                stop.stop();
            }
        }
    }

    private static Outcome run(
            String task, Precision precision, TrainConfig config, Path path, boolean resume, Losses losses) {
        return run(OneDnn.engine(), task, precision, config, path, resume, losses);
    }

    private static Outcome run(
            Engine engine,
            String task,
            Precision precision,
            TrainConfig config,
            Path path,
            boolean resume,
            Losses losses) {
        Model model = Settings.model(heads(task));
        Problem problem = problem(model);
        Graph graph = TrainingGraphs.of(model, problem);
        Normalization normalization = Normalization.IMAGENET;
        Pipeline flips = Pipeline.of(List.of(new RandomHorizontalFlip(new RandomHorizontalFlip.Config(0.5))));
        try (Loader loader = Loader.training(DATA, flips, normalization, LoaderOptions.of(4, 1), problem.targets());
                Loader validation = Loader.evaluation(
                        DATA, Pipeline.NONE, normalization, LoaderOptions.of(3, 1), problem.targets());
                RunFolder folder = RunFolder.open(path, resume, "a test")) {
            Training training = new Training(
                    problem,
                    graph,
                    Stages.of(model),
                    Parameters.initialize(graph, 1),
                    engine,
                    precision,
                    1,
                    config,
                    EvaluateConfig.of(3, config.epochs(), null, null, null, null),
                    loader,
                    Optional.of(new Validation(DATA, validation)),
                    new WeightMetadata(
                            task,
                            DATA.classNames(),
                            new Size(SIDE, SIDE),
                            normalization,
                            "resnet20_cifar",
                            task,
                            "0.1.0",
                            "digest"),
                    "",
                    Map.of());
            return new Trainer(training, folder, losses, losses.stop, Checkpointing.DEFAULT).run();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"segmentation", "detection", "joint"})
    void eightPicturesAreLearnt(String task) {
        Losses losses = new Losses(-1);
        Outcome outcome = run(task, Precision.FP32, epochs(100, 0.004), temp.resolve("run"), false, losses);
        assertThat(outcome.status()).isEqualTo(Outcome.Status.COMPLETE);
        assertThat(losses.last).isFinite().isLessThan(losses.first / 3);
        assertThat(outcome.metrics().keySet())
                .containsExactlyElementsOf(problem(Settings.model(heads(task))).metrics());
        outcome.metrics().forEach((name, value) -> {
            boolean mayBeUnknown = name.matches(".*AP_(medium|large)"); // no drawn figure is so large
            assertThat(mayBeUnknown || Double.isFinite(value)).as(name).isTrue();
        });
        outcome.metrics().entrySet().stream()
                .filter(e -> e.getKey().matches("(.*\\.)?(mIoU|AP50|top1)"))
                .forEach(e -> assertThat(e.getValue()).as(e.getKey()).isGreaterThan(0.3));
    }

    @ParameterizedTest
    @CsvSource({
        "segmentation, FP32",
        "segmentation, BF16",
        "detection, FP32",
        "detection, BF16",
        "joint, FP32",
        "joint, BF16"
    })
    void aRunThatWasStoppedEndsWithTheSameBytes(String task, Precision precision) {
        Served.require(OneDnn.engine(), precision);
        Path calm = temp.resolve("calm");
        Path stopped = temp.resolve("stopped");
        run(task, precision, epochs(3, 0.01), calm, false, new Losses(-1));
        Outcome half = run(task, precision, epochs(3, 0.01), stopped, false, new Losses(2));
        assertThat(half.status()).isEqualTo(Outcome.Status.INTERRUPTED);
        Outcome whole = run(task, precision, epochs(3, 0.01), stopped, true, new Losses(-1));
        assertThat(whole.step()).isEqualTo(3);
        for (String which : List.of("best", "last")) {
            assertThat(RunFolder.weights(stopped, which)).hasSameBinaryContentAs(RunFolder.weights(calm, which));
        }
        assertThat(TinyRuns.rows(stopped)).isEqualTo(TinyRuns.rows(calm));
    }

    /** The kernels of the engine cuda, run on the processor: every loss, and what an optimizer makes of its gradients. */
    @Test
    void kernelsOfCudaTrainAsOnednn() {
        Losses onednn = new Losses(-1);
        Losses cuda = new Losses(-1);
        TrainConfig config = epochs(3, 0.001);
        run("joint", Precision.FP32, config, temp.resolve("onednn"), false, onednn);
        Engine engine = new EmulatedProvider().create();
        run(engine, "joint", Precision.FP32, config, temp.resolve("cuda"), false, cuda);
        assertThat(cuda.first).isCloseTo(onednn.first, withinPercentage(0.001));
        assertThat(cuda.last).isCloseTo(onednn.last, withinPercentage(0.1)).isLessThan(cuda.first);
    }

    /** An engine whose evaluations have a NaN. Networks give one on some processors only: AVX2's ReLU makes 0 of it. */
    private record Spoiling(Engine engine, String output) implements EngineInFront {
        @Override
        public Session open(Graph graph, TrainingState state, Options options) {
            Session session = engine.open(graph, state, options);
            return new Spoilt(session, output);
        }
    }

    private record Spoilt(Session session, String output) implements SessionInFront {
        @Override
        public Outputs evaluate(Batch batch, Weights weights) {
            return spoil(session.evaluate(batch, weights));
        }

        @Override
        public Outputs evaluate(Batch batch, Weights weights, Set<String> outputs) {
            return spoil(session.evaluate(batch, weights, outputs));
        }

        private Outputs spoil(Outputs outputs) {
            outputs.get(output).data()[5] = Float.NaN;
            return outputs;
        }
    }

    @ParameterizedTest
    @CsvSource({"segmentation, logits", "detection, class_logits"})
    void aNetworkThatGivesNoNumbersHasDiverged(String task, String output) {
        Losses losses = new Losses(-1);
        assertThatThrownBy(() -> run(
                        new Spoiling(OneDnn.engine(), output),
                        task,
                        Precision.FP32,
                        epochs(1, 0.001),
                        temp.resolve("run"),
                        false,
                        losses))
                .isInstanceOf(DivergedException.class)
                .hasMessageMatching("step 1: " + output + ": has NaN at place 5; the network has diverged;"
                        + " lower train.optimizer.learning_rate .*");
    }
}
