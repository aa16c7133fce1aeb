package io.vertebra.dl4j.network;

import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.op.LayerNorm;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Norms and factors of channels. */
final class Norms {
    private Norms() {}

    static String batch(Place place, BatchNorm op) {
        if (op.frozen()) {
            return frozen(place, op);
        }
        BatchNormalization layer = new BatchNormalization.Builder()
                .nIn(place.in().c())
                .nOut(place.in().c())
                .eps(op.epsilon())
                .decay(1 - op.momentum())
                .useLogStd(false)
                .build();
        if (place.in().rank() == 4) {
            load(place, place.name());
            return place.result(layer, place.x());
        }
        // of vectors DL4J's layer fails in inference: they go through as maps of one cell
        int channels = place.in().c();
        PreprocessorVertex toMaps = new PreprocessorVertex(new FeedForwardToCnnPreProcessor(1, 1, channels));
        String normed = place.step("normed", layer, place.step("maps", toMaps, place.x()));
        load(place, normed);
        return place.result(new PreprocessorVertex(new CnnToFeedForwardPreProcessor(1, 1, channels)), normed);
    }

    private static void load(Place place, String layer) {
        Map.of("gamma", "weight", "beta", "bias", "mean", "running_mean", "var", "running_var")
                .forEach((theirs, ours) -> place.weight(layer, theirs, ours, UnaryOperator.identity()));
    }

    /** Statistics that stay are a scale and a shift. */
    private static String frozen(Place place, BatchNorm op) {
        place.network().weight(place.name(), ParameterLayer.WEIGHT, () -> factors(place, op));
        place.network()
                .weight(
                        place.name(),
                        ParameterLayer.BIAS,
                        () -> place.array("bias")
                                .get()
                                .sub(place.array("running_mean").get().mul(factors(place, op))));
        return place.result(new ChannelScaleLayer(place.in().c(), place.in().rank(), true), place.x());
    }

    private static INDArray factors(Place place, BatchNorm op) {
        INDArray deviations = Transforms.sqrt(place.array("running_var").get().add(op.epsilon()));
        return place.array("weight").get().div(deviations);
    }

    static String scale(Place place) {
        place.weight(ParameterLayer.WEIGHT, "gamma");
        return place.result(new ChannelScaleLayer(place.in().c(), place.in().rank(), false), place.x());
    }

    static String layer(Place place, LayerNorm op) {
        place.weight(ParameterLayer.WEIGHT, "weight");
        place.weight(ParameterLayer.BIAS, "bias");
        return place.result(new CellNormLayer(place.in().c(), place.in().rank(), op.epsilon()), place.x());
    }

    static String group(Place place, GroupNorm op) {
        place.weight(ParameterLayer.WEIGHT, "weight");
        place.weight(ParameterLayer.BIAS, "bias");
        return place.result(new GroupNormLayer(place.in().c(), op.groups(), op.epsilon()), place.x());
    }

    static String l2(Place place, L2Norm op) {
        place.weight(ParameterLayer.WEIGHT, "scale_weight");
        return place.result(new CellLengthLayer(place.in().c(), op.epsilon()), place.x());
    }
}
