package io.vertebra.dl4j.network;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.Concat;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.Flatten;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** A DL4J network while it is put together, and the weights that it gets when it is there. */
final class NetworkBuilder {
    private static final String PROBABILITIES = "probabilities";

    private record Weight(String layer, String parameter, Supplier<INDArray> value) {}

    private final ComputationGraphConfiguration.GraphBuilder layers;
    private final List<Weight> weights = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Shape> outputs = new LinkedHashMap<>();
    private final Map<Node, Integer> readers = new HashMap<>();

    private NetworkBuilder(IUpdater updater) {
        layers = new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.ZERO) // all of it is overwritten
                .activation(Activation.IDENTITY)
                .convolutionMode(ConvolutionMode.Truncate)
                .updater(updater)
                .graphBuilder();
    }

    static NetworkBuilder of(Graph graph, Parameters parameters, Size picture, IUpdater updater) {
        parameters.requireFits(graph);
        List<LayerWriter.Form> forms = graph.nodes().stream()
                .map(node -> node.op().accept(new LayerWriter(node)))
                .toList();
        List<Shape> shapes =
                picture == null ? graph.nodes().stream().map(Node::shape).toList() : graph.shapes(picture);
        NetworkBuilder builder = new NetworkBuilder(updater);
        graph.outputs().keySet().forEach(builder.taken::add);
        graph.inputs().forEach(node -> builder.taken.add(node.name()));
        builder.countReaders(graph);
        Map<Node, String> ends = new HashMap<>();
        graph.outputs().forEach((name, node) -> {
            if (builder.readers.get(node) == 1) {
                ends.put(node, name);
            }
        });
        List<String> values = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (!builder.readers.containsKey(node)) {
                values.add(null); // only its size is read; DL4J refuses vertices that lead nowhere
                continue;
            }
            Place place = new Place(
                    builder,
                    node,
                    node.inputs().stream().map(n -> values.get(n.index())).collect(Collectors.toList()), // some unread
                    node.inputs().stream().map(n -> shapes.get(n.index())).toList(),
                    shapes.get(node.index()),
                    builder.name(node, ends),
                    parameters);
            values.add(forms.get(node.index()).write(place));
        }
        graph.outputs().forEach((name, node) -> {
            String value = values.get(node.index());
            if (!value.equals(name)) {
                builder.vertex(name, new ScaleVertex(1), value); // DL4J may fail at outputs that others read
            }
            builder.outputs.put(name, shapes.get(node.index()));
        });
        return builder;
    }

    private void countReaders(Graph graph) {
        graph.outputs().values().forEach(node -> readers.merge(node, 1, Integer::sum));
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Node node = graph.nodes().get(i);
            for (int input = 0;
                    readers.containsKey(node) && input < node.inputs().size();
                    input++) {
                if (node.op().reads(input)) {
                    readers.merge(node.inputs().get(input), 1, Integer::sum);
                }
            }
        }
    }

    private String name(Node node, Map<Node, String> outputs) {
        if (node.op() instanceof Input) {
            return node.name();
        }
        String output = outputs.get(node);
        return output != null
                ? output
                : unique(node.name().isEmpty() ? node.op().kind() : node.name());
    }

    /** Whether a value has one reader, and is not just another name or view of what went into its node. */
    boolean isReadOnce(Node node) {
        boolean isView = node.op() instanceof Input
                || node.op() instanceof Flatten
                || node.op() instanceof Concat
                || node.op() instanceof Dropout
                || node.op() instanceof DropPath;
        return !isView && readers.get(node) == 1;
    }

    /** This name, or one like it that no other vertex has. */
    String unique(String wanted) {
        String name = wanted;
        for (int i = 1; !taken.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    void input(String name) {
        layers.addInputs(name);
    }

    void layer(String name, Layer layer, String... inputs) {
        layers.addLayer(name, layer, inputs);
    }

    void vertex(String name, GraphVertex vertex, String... inputs) {
        layers.addVertex(name, vertex, inputs);
    }

    /** What a parameter of a layer will be; DL4J's own shapes may have further axes of one. */
    void weight(String layer, String parameter, Supplier<INDArray> value) {
        weights.add(new Weight(layer, parameter, value));
    }

    /** Ends the only output, the logits, in probabilities and a loss. */
    NetworkBuilder withLoss() {
        Map.Entry<String, Shape> logits = outputs.entrySet().iterator().next();
        Layer loss = logits.getValue().rank() == 4
                ? new CnnLossLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build()
                : new LossLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build();
        String name = unique(PROBABILITIES);
        layer(name, loss, logits.getKey());
        outputs.clear();
        outputs.put(name, logits.getValue());
        return this;
    }

    ComputationGraph build() {
        layers.setOutputs(outputs.keySet().toArray(String[]::new));
        layers.validateOutputLayerConfig(false); // outputs may be features
        ComputationGraph network = new ComputationGraph(layers.build());
        network.init();
        for (Weight weight : weights) {
            INDArray array = network.getLayer(weight.layer()).getParam(weight.parameter());
            array.assign(weight.value().get().reshape(array.shape()));
        }
        return network;
    }
}
