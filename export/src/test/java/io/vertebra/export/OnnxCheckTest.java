package io.vertebra.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.backbones.Engines;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Size;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxCheckTest {

    @Test
    void differencesAreSharesOfTheLargestExpectedValue() {
        assertThat(OnnxCheck.difference(new float[] {1, -4, 0}, new float[] {1, -4, 0}))
                .isZero();
        assertThat(OnnxCheck.difference(new float[] {1, -4, 0}, new float[] {2, -4, 0}))
                .isEqualTo(0.25);
        assertThat(OnnxCheck.difference(new float[] {1, -4, 0}, new float[] {1, 4, 1}))
                .isEqualTo(2);
        assertThat(OnnxCheck.difference(new float[] {1}, new float[] {1, 1})).isInfinite();
    }

    /** Neither may pass for equal, alone or on both sides. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void whatIsNotFiniteIsInfinitelyFar(float value) {
        float[] with = {1, value, 2};
        float[] without = {1, 2, 2};
        assertThat(OnnxCheck.difference(with, without)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(OnnxCheck.difference(without, with)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(OnnxCheck.difference(with, with)).isEqualTo(Double.POSITIVE_INFINITY);
    }

    /** A file of one network against another one, under other names. */
    @Test
    void findsAnotherNetwork() {
        Map<String, String> names = Map.of("input", "images", "y", "output0");
        OnnxOptions options = OnnxOptions.of(new Size(1, 2)).names(names);
        Graph relu = graph(true);
        Batch batch = Batch.of(Tensor.of(new float[] {-1, 2}, 1, 1, 1, 2));
        try (Written file = Written.of(OnnxExport.of(relu, Parameters.zeros(relu), options))) {
            assertThat(differences(file, options, relu, batch)).isEqualTo(Map.of("y", 0.0));
            assertThat(differences(file, options, graph(false), batch)).isEqualTo(Map.of("y", 0.5));
        }
    }

    private static Graph graph(boolean relu) {
        GraphBuilder g = new GraphBuilder();
        g.output("y", relu ? g.relu(g.image(1, 1, 2)) : g.image(1, 1, 2));
        return g.build();
    }

    private static Map<String, Double> differences(Written file, OnnxOptions options, Graph graph, Batch batch) {
        try (Session session =
                Engines.named("onednn").open(graph, Parameters.zeros(graph), Options.inference(Precision.FP32))) {
            return OnnxCheck.differences(file.path(), options, session, batch);
        }
    }
}
