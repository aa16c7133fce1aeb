package io.vertebra.tasks.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.loading.Loader;
import io.vertebra.datasets.loading.LoaderOptions;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.reference.ReferenceEngine;
import io.vertebra.images.Normalization;
import io.vertebra.tasks.Blobs;
import io.vertebra.tasks.TinyNet;
import io.vertebra.tasks.classification.ClassificationProblem;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
    private static final Blobs BLOBS = new Blobs(11, 8, 60);
    private static final ClassificationProblem PROBLEM = new ClassificationProblem("", BLOBS.classNames(), 0, false);

    private static Evaluation evaluate(int batchSize) {
        try (Loader loader =
                Loader.evaluation(BLOBS, Pipeline.NONE, Normalization.IMAGENET, LoaderOptions.of(batchSize, 1))) {
            return evaluate(PROBLEM, loader);
        }
    }

    private static Evaluation evaluate(ClassificationProblem problem, Loader loader) {
        return new Evaluator(problem, BLOBS, loader)
                .evaluate(
                        new ReferenceEngine(),
                        TinyNet.training(),
                        Parameters.initialize(TinyNet.training(), 2),
                        Precision.FP32);
    }

    @Test
    void countsEverySampleOnceWhateverTheBatch() {
        long start = System.nanoTime();
        Evaluation whole = evaluate(11);
        double elapsed = (System.nanoTime() - start) / 1e9;
        assertThat(whole.samples()).isEqualTo(11);
        assertThat(whole.seconds()).isPositive().isLessThanOrEqualTo(elapsed);
        for (int batchSize : new int[] {1, 4, 8, 20}) {
            Evaluation parts = evaluate(batchSize);
            assertThat(parts.samples()).isEqualTo(11);
            whole.metrics()
                    .forEach((name, value) ->
                            assertThat(parts.metrics().get(name)).as(name).isCloseTo(value, within(1e-6)));
        }
    }

    @Test
    void asksWhetherToGoOnAndCanBeginAgain() {
        Graph graph = TinyNet.training().withOutputs("logits");
        try (Loader loader = Loader.evaluation(BLOBS, Pipeline.NONE, Normalization.IMAGENET, LoaderOptions.of(4, 1));
                Session session = new ReferenceEngine()
                        .open(graph, Parameters.initialize(graph, 2), Options.inference(Precision.FP32))) {
            Evaluator evaluator = new Evaluator(PROBLEM, BLOBS, loader);
            int[] asked = {0};
            assertThat(evaluator.evaluate(session, Session.Weights.LIVE, () -> ++asked[0] == 2))
                    .isEmpty();
            assertThat(asked[0]).isEqualTo(2);
            assertThat(evaluator
                            .evaluate(session, Session.Weights.LIVE, () -> false)
                            .orElseThrow()
                            .samples())
                    .isEqualTo(11);
        }
    }

    @Test
    void aModelOfOtherClassesIsRefused() {
        try (Loader loader = Loader.evaluation(BLOBS, Pipeline.NONE, Normalization.IMAGENET, LoaderOptions.of(4, 1))) {
            ClassificationProblem other = new ClassificationProblem("", List.of("a", "b"), 0, false);
            assertThatThrownBy(() -> evaluate(other, loader)).hasMessage("logits: have 3 classes, the data has 2");
        }
    }
}
