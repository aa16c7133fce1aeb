package io.vertebra.graph.contract;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Seeded numbers for graphs: pictures, what {@link Truths} knows, and parameters that keep values near 1. */
public final class Fill {
    private Fill() {}

    /** Inputs for every input of a graph; all but the picture are sized by the batch and their own fixed extents. */
    public static Batch batch(Graph graph, Shape image, Precision precision, RandomGenerator random) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (Node node : graph.inputs()) {
            boolean picture = node.name().equals("input");
            inputs.put(
                    node.name(),
                    picture ? normal(image, precision, random) : Truths.of(graph, node, image, precision, random));
        }
        return new Batch(inputs);
    }

    /** Normal numbers. */
    static Tensor.Floats normal(Shape shape, Precision precision, RandomGenerator random) {
        float[] data = new float[(int) shape.elements()];
        for (int i = 0; i < data.length; i++) {
            data[i] = round((float) random.nextGaussian(), precision);
        }
        return new Tensor.Floats(shape, data);
    }

    /**
     * Weights of variance 1 / fan-in, norms with scales of both signs and running statistics away from 0 and 1; indices in
     * no order, of which some are there twice.
     */
    public static Parameters parameters(Graph graph, Precision precision, SplittableRandom random) {
        Parameters parameters = Parameters.zeros(graph);
        for (String name : parameters.names()) {
            ParameterSpec spec = parameters.spec(name);
            float[] values = parameters.get(name);
            for (int i = 0; i < values.length; i++) {
                values[i] = spec.isIndex()
                        ? random.nextInt(spec.below())
                        : round((float) value(spec, values.length, random), precision);
            }
        }
        return parameters;
    }

    private static double value(ParameterSpec spec, int length, RandomGenerator random) {
        String name = spec.name();
        if (name.endsWith("running_var")) {
            return 0.25 + 1.5 * random.nextDouble();
        }
        if (spec.kind() == ParameterSpec.Kind.WEIGHT) {
            return random.nextGaussian() * Math.sqrt((double) spec.shape().n() / length);
        }
        if (name.endsWith("weight")) {
            return (random.nextInt(4) == 0 ? -1 : 1) * (0.5 + random.nextDouble());
        }
        return 0.5 * random.nextGaussian();
    }

    static Tensor.Floats rounded(Tensor.Floats tensor, Precision precision) {
        float[] data = tensor.data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] = round(data[i], precision);
        }
        return new Tensor.Floats(tensor.shape(), data);
    }

    /** For BF16 and TF32 the nearest bf16 number (ties to even), else the number itself. */
    static float round(float value, Precision precision) {
        if (!Tolerance.isCoarse(precision)) {
            return value;
        }
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat((bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF0000);
    }
}
