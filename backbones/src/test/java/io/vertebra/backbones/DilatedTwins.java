package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import java.util.List;

/** A network with strides and the same with dilation in their place, on one picture. */
final class DilatedTwins {
    private DilatedTwins() {}

    /** Checks that the dilated maps hold the strided network's cells, with further cells between them. */
    static void agree(String variant, List<Integer> outputStrides) {
        Tensor.Floats strided = lastLevel(variant, 32);
        for (int outputStride : outputStrides) {
            Tensor.Floats dilated = lastLevel(variant, outputStride);
            int factor = 32 / outputStride;
            int width = strided.shape().w();
            assertThat(dilated.shape().w()).isEqualTo(factor * width);
            assertThat(dilated.shape().c()).isEqualTo(strided.shape().c());
            double largest = Distance.largest(strided.data());
            for (int i = 0; i < strided.data().length; i++) {
                int row = i / width; // of all channels, one below the other
                int twin = (factor * row * factor * width) + factor * (i % width);
                assertThat(dilated.data()[twin])
                        .as("cell %d at output stride %d", i, outputStride)
                        .isCloseTo(strided.data()[i], within((float) (1e-5 * largest)));
            }
        }
    }

    private static Tensor.Floats lastLevel(String variant, int outputStride) {
        Graph all = Networks.classifier(
                Networks.with(Networks.get(variant), "outputStride", outputStride), 10, Conventions.DEFAULT);
        String last = all.outputs().keySet().stream()
                .filter(n -> n.startsWith("pyramid."))
                .reduce((a, b) -> b)
                .orElseThrow();
        Graph graph = all.withOutputs(last);
        try (Session session =
                Engines.named("onednn").open(graph, Formula.parameters(graph, 1), Options.inference(Precision.FP32))) {
            Tensor.Floats map = session.evaluate(Batch.of(Formula.tensor("input", 1, 3, 64, 64)))
                    .get(last);
            return new Tensor.Floats(map.shape(), map.data().clone());
        }
    }
}
