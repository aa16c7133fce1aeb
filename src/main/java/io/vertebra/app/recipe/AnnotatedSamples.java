package io.vertebra.app.recipe;

import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.datasets.Sample;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.images.Raster;
import io.vertebra.tasks.prediction.Result;
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
        Graph graph =
                run.model().inference().withOutputs(training.task().outputs().toArray(String[]::new));
        Parameters parameters = Parameters.zeros(graph);
        try (WeightFile file = WeightFile.open(RunFolder.weights(folder, "best"))) {
            for (String name : parameters.names()) {
                float[] values = file.read(name);
                System.arraycopy(values, 0, parameters.get(name), 0, values.length);
            }
        }
        try (Session session = training.engine().open(graph, parameters, Options.inference(training.precision()))) {
            ResultFiles files = new ResultFiles(folder.resolve("predictions"));
            for (int i = 0; i < Math.min(SAMPLES, val.data().size()); i++) {
                files.add(result(val.data().load(i), i, val, training, session));
            }
            files.finish();
        }
    }

    private static Result result(Sample sample, int index, OpenedData.Part val, Training training, Session session) {
        Raster seen = val.pipeline().apply(sample, training.seed(), 0, index).image();
        float[] input = new float[3 * seen.height() * seen.width()];
        training.metadata().normalization().table().write(seen, input, 0);
        Outputs outputs = session.evaluate(Batch.of(Tensor.of(input, 1, 3, seen.height(), seen.width())));
        Path name = Path.of(
                "%03d_%s.png".formatted(index, training.metadata().classes().get(sample.label())));
        return new Result(
                name,
                sample.image(),
                training.task().predict(outputs, 0, training.metadata().classes(), CANDIDATES));
    }
}
