package io.vertebra.tasks.prediction;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.datasets.decode.ImageDecoder;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Answers for pictures, in the order in which they are given. For one thread. */
public final class Predictor {
    private final Problem problem;
    private final Forward network;
    private final Pipeline pipeline;
    private final Normalization.Table normalization;
    private final int batchSize;
    private final ImageDecoder decoder = new ImageDecoder();

    /** A picture that waits for its batch to be full. */
    private record Waiting(Path file, Sample photo, Sample seen) {}

    /**
     * Predicts with an open network, which stays the caller's.
     *
     * @param pipeline the transforms of validation
     * @param batchSize pictures in one pass; only those of the same size share one
     */
    public Predictor(Problem problem, Forward network, Pipeline pipeline, Normalization normalization, int batchSize) {
        this.problem = problem;
        this.network = network;
        this.pipeline = pipeline;
        this.normalization = normalization.table();
        this.batchSize = batchSize;
    }

    /**
     * Hands the answer for each file on as soon as it is known.
     *
     * @param top how many candidates are wanted at most
     * @throws io.vertebra.datasets.DatasetException at the first file that is no picture
     */
    public void predict(List<Path> files, int top, Consumer<Result> results) {
        List<Waiting> waiting = new ArrayList<>();
        for (Path file : files) {
            Sample photo = new Sample(file.toString(), decoder.read(file), 0);
            add(waiting, new Waiting(file, photo, pipeline.apply(photo, 0, 0, 0)), top, results);
        }
        flush(waiting, top, results);
    }

    /** The answer for a sample of a data set, under a name for its file. */
    public Result predict(Sample sample, Path name, int top) {
        List<Result> result = new ArrayList<>();
        flush(List.of(new Waiting(name, sample, pipeline.apply(sample, 0, 0, 0))), top, result::add);
        return result.get(0);
    }

    private void add(List<Waiting> waiting, Waiting next, int top, Consumer<Result> results) {
        boolean fits = waiting.isEmpty() || size(waiting.get(0)).equals(size(next));
        if (!fits || waiting.size() == batchSize) {
            flush(waiting, top, results);
            waiting.clear();
        }
        waiting.add(next);
    }

    private static Size size(Waiting waiting) {
        return waiting.seen().image().size();
    }

    private void flush(List<Waiting> waiting, int top, Consumer<Result> results) {
        if (waiting.isEmpty()) {
            return;
        }
        List<Prediction> predictions = problem.predict(batch(waiting), network, top);
        IntStream.range(0, waiting.size()).forEach(i -> {
            Waiting w = waiting.get(i);
            results.accept(new Result(w.file(), w.photo().image(), w.photo().annotations(), predictions.get(i)));
        });
    }

    private Batch batch(List<Waiting> waiting) {
        Size size = size(waiting.get(0));
        Batch batch = new Batch(waiting.size(), size.height(), size.width(), 1, false);
        int length = batch.input().length / waiting.size();
        for (int i = 0; i < waiting.size(); i++) {
            normalization.write(waiting.get(i).seen().image(), batch.input(), i * length);
            batch.describe(i, waiting.get(i).seen(), i, TargetEncoder.NONE);
        }
        batch.fill(0, 0, waiting.size());
        return batch;
    }
}
