package io.vertebra.backbones;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;

/** Weights and pictures by the formula of {@code anchors/forward_goldens.md}: the same numbers in every program. */
public final class Formula {
    private final int offset;

    private Formula(String tensor) {
        CRC32 crc = new CRC32();
        crc.update(tensor.getBytes(StandardCharsets.UTF_8));
        offset = (int) (crc.getValue() * 40503L + 12345L);
    }

    /** The values v of a tensor of this name. */
    public static Formula of(String tensor) {
        return new Formula(tensor);
    }

    /** In [0, 1). */
    public double unsigned(long index) {
        int h = (int) (index * 2654435761L) + offset;
        h ^= h >>> 16;
        h *= (int) 2246822519L;
        h ^= h >>> 13;
        return (h & 0xffffffffL) / 4294967296.0;
    }

    /** In [-1, 1). */
    public double signed(long index) {
        return 2 * unsigned(index) - 1;
    }

    /** The signed values of a tensor, in fp32. */
    public static Tensor.Floats tensor(String name, int... extents) {
        Shape shape = Shape.of(extents);
        Formula formula = of(name);
        float[] data = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) formula.signed(i);
        }
        return new Tensor.Floats(shape, data);
    }

    /** All parameters of a network; the gain is a factor on its weights. */
    public static Parameters parameters(Graph graph, double gain) {
        return parameters(graph, gain, name -> name);
    }

    /** The same where the source of the golden spells the names in another way. */
    public static Parameters parameters(Graph graph, double gain, UnaryOperator<String> names) {
        Parameters parameters = Parameters.zeros(graph);
        for (ParameterSpec spec : graph.parameters()) {
            fill(parameters.get(spec.name()), spec, of(names.apply(spec.name())), gain);
        }
        return parameters;
    }

    private static void fill(float[] values, ParameterSpec spec, Formula formula, double gain) {
        boolean norm = spec.shape().rank() == 1;
        String kind = spec.name().substring(spec.name().lastIndexOf('.') + 1);
        if (spec.isIndex()) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.floorMod((long) (formula.unsigned(i) * 0x1p32), values.length);
            }
            return;
        }
        double bound = Math.sqrt(6.0 * spec.shape().get(0) / spec.shape().elements()) * gain;
        switch (kind) {
            case "weight" -> formula.fill(values, norm ? 1 : 0, norm ? 0.1 : bound);
            case "gamma" -> formula.fill(values, 0.5, 0.1);
            case "running_var" -> formula.fill(values, 1.25, 0.25); // 1 + u / 2 of the unsigned values u
            default -> formula.fill(values, 0, 0.1);
        }
    }

    private void fill(float[] values, double centre, double spread) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (centre + spread * signed(i));
        }
    }
}
