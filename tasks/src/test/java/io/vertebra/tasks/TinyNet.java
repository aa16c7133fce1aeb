package io.vertebra.tasks;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.heads.Stages;
import java.util.LinkedHashMap;
import java.util.Map;

/** A classifier of three classes that trains in milliseconds even in the reference interpreter: one stage and a head with dropout. */
public final class TinyNet {
    private TinyNet() {}

    /** The graph that is trained. */
    public static Graph training() {
        return training(false);
    }

    /** The graph that is trained, with labels or probabilities as targets. */
    public static Graph training(boolean soft) {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, Shape.ANY, Shape.ANY);
        x = g.relu(g.batchNorm("bn", g.conv("conv", x, Conv.of(3, 4).stride(2))));
        Node logits = g.linear("fc", g.dropout(g.globalAveragePool(x), 0.25), 3);
        Node labels = soft
                ? g.input("soft_labels", DataType.F32, Shape.of(Shape.ANY, 3))
                : g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("logits", logits);
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, SoftmaxCrossEntropy.IGNORE)));
        return g.build();
    }

    /** Convolution and norm are stage 0, the linear layer is the head. */
    public static Stages stages() {
        Map<String, Integer> stages = new LinkedHashMap<>();
        training().parameters().forEach(p -> stages.put(p.name(), p.name().startsWith("fc") ? 1 : 0));
        return new Stages(stages, 1);
    }
}
