package io.vertebra.tasks.prediction;

import io.vertebra.datasets.Sample;
import io.vertebra.datasets.decode.ImageDecoder;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.images.Normalization;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import io.vertebra.tasks.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Answers for picture files, in the order in which they are given. For one thread. */
public final class Predictor {
    private final Task task;
    private final Session session;
    private final Pipeline pipeline;
    private final Normalization.Table normalization;
    private final List<String> classNames;
    private final int batchSize;
    private final ImageDecoder decoder = new ImageDecoder();

    /** A picture that waits for its batch to be full. */
    private record Waiting(Path file, Raster photo, Raster input) {}

    /**
     * Predicts with an open session, which stays the caller's.
     *
     * @param pipeline the transforms of validation
     * @param batchSize pictures in one pass; only those of the same size share one
     */
    public Predictor(
            Task task,
            Session session,
            Pipeline pipeline,
            Normalization normalization,
            List<String> classNames,
            int batchSize) {
        this.task = task;
        this.session = session;
        this.pipeline = pipeline;
        this.normalization = normalization.table();
        this.classNames = List.copyOf(classNames);
        this.batchSize = batchSize;
    }

    /**
     * Hands each answer on as soon as it is known.
     *
     * @param top how many candidates are wanted at most
     * @throws io.vertebra.datasets.DatasetException at the first file that is no picture
     */
    public void predict(List<Path> files, int top, Consumer<Result> results) {
        List<Waiting> waiting = new ArrayList<>();
        for (Path file : files) {
            Raster photo = decoder.read(file);
            Raster input = pipeline.apply(new Sample(file.toString(), photo, 0), 0, 0, 0)
                    .image();
            boolean fits = waiting.isEmpty() || waiting.get(0).input().size().equals(input.size());
            if (!fits || waiting.size() == batchSize) {
                flush(waiting, top, results);
            }
            waiting.add(new Waiting(file, photo, input));
        }
        flush(waiting, top, results);
    }

    private void flush(List<Waiting> waiting, int top, Consumer<Result> results) {
        if (waiting.isEmpty()) {
            return;
        }
        Size size = waiting.get(0).input().size();
        int length = 3 * size.height() * size.width();
        float[] input = new float[waiting.size() * length];
        for (int i = 0; i < waiting.size(); i++) {
            normalization.write(waiting.get(i).input(), input, i * length);
        }
        Outputs outputs = session.evaluate(Batch.of(Tensor.of(input, waiting.size(), 3, size.height(), size.width())));
        for (int i = 0; i < waiting.size(); i++) {
            Waiting w = waiting.get(i);
            results.accept(new Result(w.file(), w.photo(), task.predict(outputs, i, classNames, top)));
        }
        waiting.clear();
    }
}
