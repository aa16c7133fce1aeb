package io.vertebra.backbones;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Exhaustive;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What PyTorch's networks give in float64 with weights by formula; {@code tools/goldens/backbones_parity.py}. */
public final class Parity {
    private static final Formula DIRECTION = Formula.of("projection");
    private static final int NUMBERS_BEFORE_VALUES = 3;

    /** Whose blocks and operators others have too, and which take engines that are not fast the longest. */
    private static final Set<String> DEEP = Set.of(
            "bninception",
            "inception_v3",
            "inception_v4",
            "inception_resnet_v2",
            "resnet101",
            "resnext50_32x4d",
            "wide_resnet50_2",
            "legacy_seresnet50",
            "darknet53",
            "densenet121",
            "legacy_xception",
            "xception41");

    private final String model;
    private final JsonNode golden;

    private Parity(String model, JsonNode golden) {
        this.model = model;
        this.golden = golden;
    }

    /** Those for engines that are not fast. */
    static List<String> shallow() {
        return Exhaustive.without(DEEP, models());
    }

    /** One model of each family whose weights leave room for it (VGG's do not), and ResNets of every kind. */
    static List<String> models() {
        return List.of(
                "lenet5",
                "alexnet",
                "zfnet",
                "nin_cifar10",
                "googlenet",
                "bninception",
                "inception_v3",
                "inception_v4",
                "inception_resnet_v2",
                "resnet18",
                "resnet50",
                "resnet101",
                "resnext50_32x4d",
                "wide_resnet50_2",
                "resnet20_cifar",
                "preresnet20_cifar",
                "seresnet50",
                "skresnet18",
                "legacy_seresnet50",
                "regnet_y_400mf",
                "darknet53",
                "densenet121",
                "densenet40_k12_cifar",
                "condensenet74_c8_g8",
                "squeezenet1_1",
                "legacy_xception",
                "xception41",
                "mobilenetv1_025",
                "mobilenet_v2",
                "mobilenet_v3_small",
                "tf_mobilenetv3_small_minimal_100",
                "shufflenet_g3_w1",
                "shufflenet_v2_x0_5",
                "mnasnet1_0",
                "efficientnet_b0",
                "convnext_atto");
    }

    /** Of a golden of the same parts that another module has. */
    public static Parity of(String model, JsonNode golden) {
        return new Parity(model, golden);
    }

    static Parity of(String model) {
        try (InputStream in = Parity.class.getResourceAsStream("parity/" + model + ".json")) {
            return new Parity(model, new ObjectMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The network, without anything that drops values at random. */
    Graph graph() {
        return Networks.classifier(Networks.undropped(model), Networks.classes(model), Conventions.DEFAULT);
    }

    /** The picture of a part of the golden. */
    Tensor.Floats picture(String part) {
        return picture(golden.path(part).path("input"));
    }

    /** The picture of a shape. */
    public static Tensor.Floats picture(JsonNode shape) {
        return Formula.tensor(
                "input",
                shape.get(0).asInt(),
                shape.get(1).asInt(),
                shape.get(2).asInt(),
                shape.get(3).asInt());
    }

    Parameters parameters(Graph graph) {
        return Formula.parameters(graph, golden.path("gain").asDouble());
    }

    /** The logits and the gradients of every parameter in training form, by the names of the golden. */
    Map<String, Tensor.Floats> gradients(Engine engine, Precision precision, Graph graph, String part) {
        Graph logits = graph.withOutputs("logits");
        Tensor.Floats picture = picture(part);
        Tensor.Floats seed = Formula.tensor("grad.logits", picture.shape().n(), Networks.classes(model));
        try (Session session = engine.open(logits, parameters(logits), Options.gradients(precision, true))) {
            Outputs outputs = session.gradients(Batch.of(picture), Map.of("logits", seed));
            Map<String, Tensor.Floats> named = new LinkedHashMap<>();
            for (String name : names(part)) {
                named.put(name, outputs.get(name.equals("logits") ? name : "grad." + name));
            }
            return named;
        }
    }

    /** The tensors of a part. */
    public List<String> names(String part) {
        return golden.path(part)
                .path("tensors")
                .propertyStream()
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The largest absolute value in any gradient of a part, 0 where there is none. */
    public double largestGradient(String part) {
        return names(part).stream()
                .filter(n -> !n.equals("logits"))
                .mapToDouble(n -> largest(part, n))
                .max()
                .orElse(0);
    }

    /** The largest value in the gradients that are zero but for rounding. */
    public double largestOfZeros(String part, Map<String, Tensor.Floats> tensors) {
        double largest = 0;
        for (Map.Entry<String, Tensor.Floats> tensor : tensors.entrySet()) {
            for (float value : isZero(part, tensor.getKey()) ? tensor.getValue().data() : new float[0]) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        return largest;
    }

    /**
     * Whether a gradient is zero by construction, so that the golden holds nothing but rounding in float64: a shift that
     * only goes into a norm by the batch, as those of MobileNet V2's linear bottlenecks do.
     */
    boolean isZero(String part, String tensor) {
        return largest(part, tensor) < 1e-10 * largestGradient(part);
    }

    private double largest(String part, String tensor) {
        return number(part, tensor, 0);
    }

    /** A tensor and how far it is from the golden. */
    public record Deviation(String tensor, double value) {}

    /** The tensor that is farthest from the golden. */
    public Deviation worst(String part, Map<String, Tensor.Floats> tensors, double floor) {
        return tensors.entrySet().stream()
                .filter(e -> !isZero(part, e.getKey()))
                .map(e -> new Deviation(
                        e.getKey(), error(part, e.getKey(), e.getValue().data(), floor)))
                .max(Comparator.comparingDouble(Deviation::value))
                .orElseThrow();
    }

    /**
     * How far a tensor is from the golden: the larger of the sampled elements' error over {@code max(largest, floor)}, and
     * of the error of the norm and the projection over the norm of a tensor of such elements.
     */
    private double error(String part, String tensor, float[] values, double floor) {
        double scale = Math.max(largest(part, tensor), floor);
        double error = 0;
        int samples = golden.path(part).path("tensors").path(tensor).size() - NUMBERS_BEFORE_VALUES;
        for (int k = 0; k < samples; k++) {
            int index = samples == 1 ? 0 : (int) ((long) k * (values.length - 1) / (samples - 1));
            double wanted = number(part, tensor, NUMBERS_BEFORE_VALUES + k);
            error = Math.max(error, Math.abs(values[index] - wanted) / scale);
        }
        double squares = 0;
        double projection = 0;
        for (int i = 0; i < values.length; i++) {
            squares += (double) values[i] * values[i];
            projection += values[i] * DIRECTION.signed(i);
        }
        double length = Math.max(number(part, tensor, 1), floor * Math.sqrt(values.length));
        error = Math.max(error, Math.abs(Math.sqrt(squares) - number(part, tensor, 1)) / length);
        return Math.max(error, Math.abs(projection - number(part, tensor, 2)) / length);
    }

    private double number(String part, String tensor, int index) {
        return golden.path(part).path("tensors").path(tensor).get(index).asDouble();
    }
}
