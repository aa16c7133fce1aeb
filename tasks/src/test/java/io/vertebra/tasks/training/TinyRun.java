package io.vertebra.tasks.training;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.loading.Loader;
import io.vertebra.datasets.loading.LoaderOptions;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.datasets.transforms.RandomHorizontalFlip;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.reference.ReferenceEngine;
import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import io.vertebra.tasks.Blobs;
import io.vertebra.tasks.BrokenSample;
import io.vertebra.tasks.TinyNet;
import io.vertebra.tasks.classification.ClassificationProblem;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.TrainConfig;
import io.vertebra.tasks.runs.RunFolder;
import io.vertebra.tasks.runs.WeightMetadata;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A training of {@link TinyNet} on {@link Blobs}, to be varied: 26 pictures in batches of 4, so that an epoch has 6 batches and
 * accumulation over 4 leaves an update of 2 at its end.
 */
record TinyRun(
        TrainConfig train,
        EvaluateConfig evaluate,
        Engine engine,
        Precision precision,
        boolean validated,
        boolean broken,
        String digest,
        Checkpointing checkpointing) {
    static final int PICTURES = 26;
    static final int BATCHES = 6;

    /** Two epochs of SGD in the reference interpreter. */
    static TinyRun of(TrainConfig train) {
        return new TinyRun(
                train,
                EvaluateConfig.defaults(),
                new ReferenceEngine(),
                Precision.FP32,
                true,
                false,
                "digest",
                new Checkpointing(Double.POSITIVE_INFINITY, 0));
    }

    TinyRun evaluated(EvaluateConfig config) {
        return new TinyRun(train, config, engine, precision, validated, broken, digest, checkpointing);
    }

    TinyRun on(Engine other, Precision otherPrecision) {
        return new TinyRun(train, evaluate, other, otherPrecision, validated, broken, digest, checkpointing);
    }

    TinyRun unvalidated() {
        return new TinyRun(train, evaluate, engine, precision, false, broken, digest, checkpointing);
    }

    /** One of the held-out pictures cannot be read. */
    TinyRun withABrokenPicture() {
        return new TinyRun(train, evaluate, engine, precision, validated, true, digest, checkpointing);
    }

    TinyRun withDigest(String other) {
        return new TinyRun(train, evaluate, engine, precision, validated, broken, other, checkpointing);
    }

    TinyRun savingEvery(long iterations) {
        return new TinyRun(
                train,
                evaluate,
                engine,
                precision,
                validated,
                broken,
                digest,
                new Checkpointing(Double.POSITIVE_INFINITY, iterations));
    }

    /** What a test does with an open training. */
    interface Use<T> {
        T with(Training training);
    }

    <T> T open(Use<T> use) {
        Blobs blobs = new Blobs(PICTURES, 8, 60);
        Dataset held = broken ? new BrokenSample(new Blobs(11, 8, 60), 2) : new Blobs(11, 8, 60);
        Pipeline flips = Pipeline.of(List.of(new RandomHorizontalFlip(new RandomHorizontalFlip.Config(0.5))));
        Normalization grey = new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25));
        try (Loader loader = Loader.training(blobs, flips, grey, LoaderOptions.of(train.batchSize(), 7));
                Loader validation = Loader.evaluation(
                        held, Pipeline.NONE, grey, LoaderOptions.of(4, 7).skippingUnreadable())) {
            Training training = new Training(
                    new ClassificationProblem("", blobs.classNames(), 0, false),
                    TinyNet.training(),
                    TinyNet.stages(),
                    Parameters.initialize(TinyNet.training(), 3),
                    engine,
                    precision,
                    5,
                    train,
                    evaluate,
                    loader,
                    validated ? Optional.of(new Validation(held, validation)) : Optional.empty(),
                    new WeightMetadata(
                            "classification",
                            blobs.classNames(),
                            new Size(8, 8),
                            grey,
                            "tiny",
                            "classifier",
                            "0.1.0",
                            digest),
                    "task: classification # <tiny> & small\n",
                    Map.of("cpu", "a <test> machine"));
            return use.with(training);
        }
    }

    Outcome run(Path folder, boolean resume, TrainingListener listener, StopSwitch stop) {
        return open(training -> {
            try (RunFolder run = RunFolder.open(folder, resume, "a test")) {
                return new Trainer(training, run, listener, stop, checkpointing).run();
            }
        });
    }

    Outcome run(Path folder) {
        return run(folder, false, TrainingListener.NONE, new StopSwitch());
    }

    /** Runs until so many updates are done and stops there, as a signal would. */
    Outcome runUntil(Path folder, boolean resume, long step) {
        StopSwitch stop = new StopSwitch();
        return run(
                folder,
                resume,
                new TrainingListener() {
                    @Override
                    public void progressed(Progress progress) {
                        if (progress.step() == step) {
                            stop.stop();
                        }
                    }
                },
                stop);
    }
}
