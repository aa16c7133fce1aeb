package io.vertebra.tasks.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.backbones.Backbones;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.formats.ShapesFormat;
import io.vertebra.datasets.loading.Loader;
import io.vertebra.datasets.loading.LoaderOptions;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Served;
import io.vertebra.graph.engine.Precision;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import io.vertebra.heads.Stages;
import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import io.vertebra.tasks.MemoryFolders;
import io.vertebra.tasks.OneDnn;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.classification.ClassificationProblem;
import io.vertebra.tasks.config.EmaConfig;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.OptimizerConfig;
import io.vertebra.tasks.config.Schedule;
import io.vertebra.tasks.config.TrainConfig;
import io.vertebra.tasks.runs.RunFolder;
import io.vertebra.tasks.runs.WeightMetadata;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Slow where other work keeps the second core busy: two OpenMP threads wait for each other at every operator. */
@Tag("slow")
class OneDnnTrainingTest {
    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    private static TinyRun rich(Precision precision) {
        TrainConfig config = new TrainConfig(
                4,
                4,
                3,
                null,
                new OptimizerConfig.Sgd(0.05, 0.9, true, 1e-3, null),
                new Schedule.Polynomial(0.9, null, 2, 0.1),
                null,
                1.0,
                null,
                new EmaConfig(0.9));
        return TinyRun.of(config).on(OneDnn.engine(), precision);
    }

    @ParameterizedTest
    @CsvSource({"FP32, 1", "FP32, 3", "FP32, 4", "BF16, 1", "BF16, 3", "BF16, 4"})
    void aRunThatWasStoppedEndsWithTheSameBytes(Precision precision, long step) {
        Served.require(OneDnn.engine(), precision);
        Path calm = temp.resolve("calm");
        Path stopped = temp.resolve("stopped");
        rich(precision).run(calm);
        rich(precision).runUntil(stopped, false, step);
        rich(precision).run(stopped, true, TrainingListener.NONE, new StopSwitch());
        for (String which : new String[] {"best", "last"}) {
            assertThat(RunFolder.weights(stopped, which)).hasSameBinaryContentAs(RunFolder.weights(calm, which));
        }
        for (String file : new String[] {"model", "ema", "optimizer"}) {
            String name = "checkpoints/6/" + file + ".safetensors";
            assertThat(stopped.resolve(name)).hasSameBinaryContentAs(calm.resolve(name));
        }
    }

    /** Eight pictures of eight classes are learnt by heart: STYLE section 6 wants it under ten seconds. */
    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void overfitsEightPictures(Precision precision) {
        Served.require(OneDnn.engine(), precision);
        Dataset eight = new ShapesFormat().open(new ShapesFormat.Config(8, 32, 1L));
        Model model = Model.of(
                Backbones.builtIn().get("resnet20_cifar"), Heads.builtIn().get("classifier"), 8);
        Problem problem = new ClassificationProblem("", eight.classNames(), 0, false);
        TrainConfig config = new TrainConfig(
                8,
                1,
                40,
                null,
                new OptimizerConfig.AdamW(0.004, null, null, null, 0.0, null),
                new Schedule.Constant(null, null),
                null,
                null,
                null,
                null);
        Graph graph = TrainingGraphs.of(model, problem);
        Normalization normalization = Normalization.IMAGENET;
        LoaderOptions options = LoaderOptions.of(8, 1);
        double[] lastLoss = {Double.NaN};
        TrainingListener listener = new TrainingListener() {
            @Override
            public void progressed(Progress progress) {
                lastLoss[0] = progress.loss();
            }
        };
        try (Loader loader = Loader.training(eight, Pipeline.NONE, normalization, options);
                Loader validation = Loader.evaluation(eight, Pipeline.NONE, normalization, options);
                RunFolder folder = RunFolder.open(temp.resolve("run"), false, "a test")) {
            Training training = new Training(
                    problem,
                    graph,
                    Stages.of(model),
                    Parameters.initialize(graph, 1),
                    OneDnn.engine(),
                    precision,
                    1,
                    config,
                    EvaluateConfig.of(8, 40, null, null, null, null),
                    loader,
                    Optional.of(new Validation(eight, validation)),
                    new WeightMetadata(
                            "classification",
                            eight.classNames(),
                            new Size(32, 32),
                            normalization,
                            "resnet20_cifar",
                            "classifier",
                            "0.1.0",
                            "digest"),
                    "",
                    Map.of());
            Outcome outcome = new Trainer(training, folder, listener, new StopSwitch(), Checkpointing.DEFAULT).run();
            assertThat(lastLoss[0]).isLessThan(0.05);
            assertThat(outcome.metrics().get("top1")).isEqualTo(1.0);
        }
    }
}
