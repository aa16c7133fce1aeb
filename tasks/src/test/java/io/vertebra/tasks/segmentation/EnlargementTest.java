package io.vertebra.tasks.segmentation;

import static io.vertebra.tasks.segmentation.RowsOf.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.reference.ReferenceEngine;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Size;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The host's enlargement is the operator of the graph, which losses are computed behind. */
class EnlargementTest {
    private static float[] byTheGraph(Tensor.Floats logits, int height, int width, boolean alignCorners) {
        GraphBuilder g = new GraphBuilder();
        Node like = g.image(1, Shape.ANY, Shape.ANY);
        Node x = g.input(
                "logits", DataType.F32, Shape.of(Shape.ANY, logits.shape().c(), Shape.ANY, Shape.ANY));
        g.output("full", g.resize(x, like, Resize.Filter.BILINEAR, alignCorners));
        Graph graph = g.build();
        try (Session session =
                new ReferenceEngine().open(graph, Parameters.zeros(graph), Options.inference(Precision.FP32))) {
            return session.evaluate(new Batch(Map.of(
                            "input", Tensor.of(new float[2 * height * width], 2, 1, height, width), "logits", logits)))
                    .get("full")
                    .data();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3, 4, 7, 9, false",
        "3, 4, 7, 9, true",
        "5, 6, 2, 3, false",
        "5, 6, 2, 3, true",
        "1, 1, 5, 4, false",
        "1, 1, 5, 4, true",
        "3, 2, 1, 1, false",
        "3, 2, 1, 1, true",
        "1, 625, 1, 20000, false",
        "1, 625, 1, 20000, true",
        "625, 1, 20000, 1, false",
        "4, 4, 4, 7, true",
        "3, 3, 6, 3, false"
    })
    void isTheOperatorOfTheGraph(int h, int w, int height, int width, boolean alignCorners) {
        int classes = 3;
        Tensor.Floats logits = Tensor.of(noise(2 * classes * h * w, 11), 2, classes, h, w);
        float[] full = byTheGraph(logits, height, width, alignCorners);
        Enlargement enlargement = Enlargement.of(alignCorners);
        int length = classes * height * width;
        for (int row = 0; row < 2; row++) {
            float[] ours = RowsOf.values(enlargement.rows(StoredLogits.of(logits, row), new Size(height, width)));
            assertThat(ours).hasSize(length);
            LabelMap labels = enlargement.labels(logits, row, new Size(height, width));
            double worst = 0;
            int other = 0;
            for (int i = 0; i < length; i++) {
                worst = Math.max(worst, Math.abs(ours[i] - full[row * length + i]));
            }
            for (int p = 0; p < height * width; p++) {
                int best = 0;
                for (int k = 1; k < classes; k++) {
                    if (full[row * length + k * height * width + p] > full[row * length + best * height * width + p]) {
                        best = k;
                    }
                }
                other += labels.data()[p] == best ? 0 : 1;
            }
            assertThat(worst).isCloseTo(0, within(1e-5));
            assertThat(other).isZero();
        }
    }
}
