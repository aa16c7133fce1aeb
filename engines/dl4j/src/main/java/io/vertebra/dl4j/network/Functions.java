package io.vertebra.dl4j.network;

import io.vertebra.graph.op.Activation;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.nd4j.linalg.activations.impl.ActivationLReLU;

/** Functions of each element. In inference DL4J's {@code ActivationLayer} writes over what goes in, whoever else reads it. */
final class Functions {
    private Functions() {}

    static String of(Place place, Activation.Function function) {
        return switch (function) {
            case RELU -> stock(place, org.nd4j.linalg.activations.Activation.RELU);
            case RELU6 -> stock(place, org.nd4j.linalg.activations.Activation.RELU6);
            case LEAKY_RELU -> own(place, new ActivationLayer(new ActivationLReLU(Activation.LEAK)));
            case SILU -> stock(place, org.nd4j.linalg.activations.Activation.SWISH);
            case SIGMOID -> stock(place, org.nd4j.linalg.activations.Activation.SIGMOID);
            case TANH -> stock(place, org.nd4j.linalg.activations.Activation.TANH);
            case HARD_SIGMOID -> place.result(new ScaleVertex(1.0 / 6), sixths(place));
            case HARD_SWISH -> {
                String shares = place.step("shares", new ScaleVertex(1.0 / 6), sixths(place));
                yield place.result(new ElementWiseVertex(ElementWiseVertex.Op.Product), place.x(), shares);
            }
            case GELU -> place.result(new GeluLayer(), place.x()); // DL4J's own is 7e-3 off
        };
    }

    private static String stock(Place place, org.nd4j.linalg.activations.Activation function) {
        return own(place, new ActivationLayer(function));
    }

    /** A layer that may write over what goes in. */
    private static String own(Place place, ActivationLayer layer) {
        String own = place.ownsInput() ? place.x() : place.step("copy", new ScaleVertex(1), place.x());
        return place.result(layer, own);
    }

    /** min(max(x + 3, 0), 6); DL4J's own hard sigmoid is Keras' 0.2·x + 0.5. */
    private static String sixths(Place place) {
        String shifted = place.step("shifted", new ShiftVertex(3), place.x());
        return place.step("sixths", new ActivationLayer(org.nd4j.linalg.activations.Activation.RELU6), shifted);
    }
}
