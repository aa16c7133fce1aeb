package io.vertebra.bench;

import io.vertebra.graph.Graph;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.heads.Models;

/** The network that everyone runs. */
final class ResNet50 {
    private ResNet50() {}

    static Graph inference() {
        return Models.builtIn().get("resnet50").inference().withOutputs("logits");
    }

    static Graph training() {
        return Models.builtIn().get("resnet50").training(new SoftmaxCrossEntropy(0, SoftmaxCrossEntropy.IGNORE), false);
    }
}
