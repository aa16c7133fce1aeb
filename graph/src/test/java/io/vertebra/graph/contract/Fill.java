package io.vertebra.graph.contract;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Seeded numbers for graphs: pictures, labels of both kinds, and parameters that keep values near 1. */
public final class Fill {
    private static final double IGNORED = 0.2;

    private Fill() {}

    /** Inputs for every input of a graph; all but the picture are sized by the batch and their own fixed extents. */
    public static Batch batch(Graph graph, Shape image, Precision precision, RandomGenerator random) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (Node node : graph.inputs()) {
            if (node.name().equals("input")) {
                inputs.put("input", normal(image, precision, random));
            } else {
                Node loss = graph.nodes().stream()
                        .filter(n -> n.inputs().contains(node))
                        .findFirst()
                        .orElseThrow();
                int classes = loss.inputs().get(0).channels();
                int ignore = ((SoftmaxCrossEntropy) loss.op()).ignore();
                Shape shape = node.shape().with(0, image.n());
                boolean hard = ((Input) node.op()).type() == DataType.I32;
                inputs.put(node.name(), hard ? labels(shape, classes, ignore, random) : softLabels(shape, random));
            }
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

    private static Tensor.Ints labels(Shape shape, int classes, int ignore, RandomGenerator random) {
        int[] data = new int[(int) shape.elements()];
        for (int i = 0; i < data.length; i++) {
            // the first is always valid: a batch without any valid label has a case of its own
            data[i] = i > 0 && random.nextDouble() < IGNORED ? ignore : random.nextInt(classes);
        }
        return new Tensor.Ints(shape, data);
    }

    private static Tensor.Floats softLabels(Shape shape, RandomGenerator random) {
        float[] data = new float[(int) shape.elements()];
        for (int n = 0; n < shape.n(); n++) {
            // Mixup's: two classes share the sample
            float share = random.nextInt(1, 16) / 16f;
            data[n * shape.c() + random.nextInt(shape.c())] += share;
            data[n * shape.c() + random.nextInt(shape.c())] += 1 - share;
        }
        return new Tensor.Floats(shape, data);
    }

    /** Weights of variance 1 / fan-in, norms with scales of both signs and running statistics away from 0 and 1. */
    public static Parameters parameters(Graph graph, Precision precision, SplittableRandom random) {
        Parameters parameters = Parameters.zeros(graph);
        for (String name : parameters.names()) {
            ParameterSpec spec = parameters.spec(name);
            float[] values = parameters.get(name);
            for (int i = 0; i < values.length; i++) {
                values[i] = round((float) value(spec, values.length, random), precision);
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

    /** For BF16 the nearest bf16 number (ties to even), else the number itself. */
    static float round(float value, Precision precision) {
        if (precision != Precision.BF16) {
            return value;
        }
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat((bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF0000);
    }
}
