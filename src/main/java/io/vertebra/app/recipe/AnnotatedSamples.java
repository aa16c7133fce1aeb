package io.vertebra.app.recipe;

import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.datasets.Dataset;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Session;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.evaluation.Evaluator;
import io.vertebra.tasks.prediction.Predictor;
import io.vertebra.tasks.prediction.ResultFiles;
import io.vertebra.tasks.runs.RunFolder;
import io.vertebra.tasks.training.Training;
import java.nio.file.Path;

/** Pictures of what a finished run answers: the first samples of validation, annotated, in its folder {@code predictions}. */
public final class AnnotatedSamples {
    private static final int SAMPLES = 16;
    private static final int CANDIDATES = 3;

    private AnnotatedSamples() {}

    /** Writes them with the run's best weights; nothing where there is no validation data. */
    public static void write(OpenedRun run, Path folder) {
        if (run.validation().isEmpty()) {
            return;
        }
        Training training = run.training();
        OpenedData.Part val = run.validation().get();
        Problem problem = training.problem();
        Graph graph = run.model().inference().withOutputs(problem.outputs().toArray(String[]::new));
        Parameters parameters = Parameters.zeros(graph);
        try (WeightFile file = WeightFile.open(RunFolder.weights(folder, "best"))) {
            for (String name : parameters.names()) {
                float[] values = file.read(name);
                System.arraycopy(values, 0, parameters.get(name), 0, values.length);
            }
        }
        try (Session session = training.engine().open(graph, parameters, Options.inference(training.precision()))) {
            Predictor predictor = new Predictor(
                    problem,
                    Evaluator.forward(problem, session, Session.Weights.LIVE),
                    val.pipeline(),
                    training.metadata().normalization(),
                    1);
            ResultFiles files = new ResultFiles(folder.resolve("predictions"));
            for (int i = 0; i < Math.min(SAMPLES, val.data().size()); i++) {
                files.add(predictor.predict(val.data().load(i), name(val.data(), i), CANDIDATES));
            }
            files.finish();
        }
    }

    /** The number, and the class of the picture where it has one. */
    private static Path name(Dataset data, int index) {
        String label = data.isLabelled() ? "_" + data.classNames().get(data.label(index)) : "";
        return Path.of("%03d%s.png".formatted(index, label));
    }
}
