package io.vertebra.onednn.session;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Served;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.onednn.OneDnnProvider;
import java.util.SplittableRandom;

/** A small residual network of any picture size with every kind of layer of the first models. */
final class Models {
    static final int CLASSES = 5;

    private Models() {}

    static Graph residual() {
        return residual(Conventions.DEFAULT);
    }

    static Graph residual(Conventions conventions) {
        GraphBuilder g = new GraphBuilder(conventions);
        Node x = g.image(3, Shape.ANY, Shape.ANY);
        x = g.relu(g.batchNorm("stem.bn", g.conv("stem.conv", x, Conv.of(3, 16).stride(2))));
        Node y = g.relu(g.batchNorm("block.bn1", g.conv("block.conv1", x, Conv.of(3, 16))));
        y = g.batchNorm("block.bn2", g.conv("block.conv2", y, Conv.of(3, 16)));
        x = g.relu(g.add(y, x));
        x = g.relu6(g.batchNorm("thin.bn", g.conv("thin.conv", x, Conv.of(3, 24).groups(8))));
        Node logits = g.linear("fc", g.dropout(g.globalAveragePool(x), 0.2), CLASSES);
        g.output("logits", logits);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0.1, -100)));
        return g.build();
    }

    /** Leaves a test out, and says why, where this machine's engine does not serve a precision. */
    static void requireServed(Precision precision) {
        Served.require(new OneDnnProvider().create(), precision);
    }

    static Parameters parameters(Graph graph) {
        return Parameters.initialize(graph, 3);
    }

    static Batch batch(int n, int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] pixels = new float[n * 3 * size * size];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) (random.nextDouble() * 2 - 1);
        }
        int[] labels = random.ints(n, 0, CLASSES).toArray();
        return Batch.of(Tensor.of(pixels, n, 3, size, size), Tensor.of(labels, n));
    }
}
