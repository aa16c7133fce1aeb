package io.vertebra.dl4j;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.ParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.FwdPassType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph as a DL4J network: a vertex for each node, fed through one network input for each graph input. Vertices run in the
 * order of the nodes. A parameter belongs to the first vertex that has it; others that share it have views of the same
 * elements.
 *
 * <p>DL4J runs the vertices forward. Its backward pass is overridden: it overwrites the gradient of an output that other
 * vertices use too, loses its place where one of several gradients is {@code null}, and keeps every array to the end.
 * Not safe for several threads.
 */
final class OperatorGraph extends ComputationGraph {
    private static final long serialVersionUID = 1L;
    private static final String FED = " (fed)";

    private final transient Arena arena;
    private final transient Flat flat;
    private transient Pass pass = Pass.inference(false, 0);
    private transient ParameterGradients sums;
    private transient int[] readers = new int[0];

    private OperatorGraph(ComputationGraphConfiguration configuration, Flat flat, Arena arena) {
        super(configuration);
        this.flat = flat;
        this.arena = arena;
    }

    /**
     * A network over given parameters.
     *
     * @param weights the parameters in one row, as {@link Flat} places the graph's, or {@code null} if there are none; not
     *     copied
     * @param wanted what is differentiated at each node
     */
    static OperatorGraph of(
            Graph graph, DataType type, Arena arena, INDArray weights, Function<Node, OperatorVertex.Wanted> wanted) {
        ComputationGraphConfiguration.GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .dataType(type)
                .trainingWorkspaceMode(WorkspaceMode.NONE)
                .inferenceWorkspaceMode(WorkspaceMode.NONE)
                .graphBuilder();
        graph.inputs().forEach(node -> builder.addInputs(node.name() + FED));
        Set<String> owned = new HashSet<>();
        for (Node node : graph.nodes()) {
            String[] inputs = node.op() instanceof Input
                    ? new String[] {node.name() + FED}
                    : node.inputs().stream().map(Node::name).toArray(String[]::new);
            List<ParameterSpec> own = node.parameters().stream()
                    .filter(spec -> owned.add(spec.name()))
                    .toList();
            builder.addVertex(node.name(), new OperatorConf(node, own, wanted.apply(node)), inputs);
        }
        builder.setOutputs(
                graph.outputs().values().stream().distinct().map(Node::name).toArray(String[]::new));
        ComputationGraphConfiguration configuration = builder.build();
        configuration.setTopologicalOrderStr(Stream.concat(
                        configuration.getNetworkInputs().stream(),
                        graph.nodes().stream().map(Node::name))
                .toList());
        int[] order = new int[configuration.getTopologicalOrderStr().size()];
        Arrays.setAll(order, i -> i);
        configuration.setTopologicalOrder(order);
        OperatorGraph network = new OperatorGraph(configuration, Flat.of(graph.parameters()), arena);
        network.init(weights, false);
        Map<String, INDArray> views = weights == null ? Map.of() : network.flat.views(weights);
        network.operators().forEach(vertex -> vertex.setParameters(views));
        return network;
    }

    /** Averaged weights in one row, which passes may take in place of the weights. */
    void setAverage(INDArray average) {
        Map<String, INDArray> views = flat.views(average);
        operators().forEach(vertex -> vertex.setAverage(views));
    }

    Arena arena() {
        return arena;
    }

    Pass pass() {
        return pass;
    }

    /** The vertices of operators in the order of the flat arrays. */
    List<OperatorVertex> operators() {
        List<OperatorVertex> operators = new ArrayList<>();
        for (int index : topologicalOrder) {
            if (vertices[index] instanceof OperatorVertex vertex) {
                operators.add(vertex);
            }
        }
        return operators;
    }

    /** The flat gradients; made on the first call. */
    INDArray gradients() {
        if (flattenedGradients == null) {
            initGradientsView();
        }
        return flattenedGradients;
    }

    /** The gradients of trained parameters in the backward pass. */
    ParameterGradients sums() {
        return sums;
    }

    @Override
    public void initGradientsView() {
        super.initGradientsView();
        Map<String, INDArray> views = flat.views(flattenedGradients);
        views.keySet()
                .retainAll(operators().stream()
                        .flatMap(vertex -> vertex.trained().stream())
                        .collect(Collectors.toSet()));
        sums = new ParameterGradients(views, arena);
    }

    /** Runs the vertices of a part of the graph; the values by node name. Those of nodes that are no outputs may be gone. */
    Map<String, INDArray> forward(Graph part, Pass now, INDArray[] inputs) {
        pass = now.of(part);
        Set<String> needed = part.nodes().stream().map(Node::name).collect(Collectors.toSet());
        List<Integer> idle = new ArrayList<>();
        readers = new int[vertices.length];
        for (GraphVertex vertex : vertices) {
            if (vertex instanceof OperatorVertex operator
                    && !needed.contains(operator.node().name())) {
                idle.add(vertex.getVertexIndex());
            } else if (vertex.getInputVertices() != null) {
                for (VertexIndices input : vertex.getInputVertices()) {
                    readers[input.getVertexIndex()]++;
                }
            }
        }
        for (Node output : part.outputs().values()) {
            readers[getVertex(output.name()).getVertexIndex()]++; // kept until it is read
        }
        int[] excluded = idle.stream().mapToInt(Integer::intValue).toArray();
        return ffToLayerActivationsInWS(
                now.trainingForm(), -1, excluded, FwdPassType.STANDARD, false, inputs, null, null, false);
    }

    /** A vertex has read its inputs: without a backward pass, what nobody else reads is given back. */
    void consumed(OperatorVertex reader) {
        if (pass.backward() || readers.length == 0 || reader.node().op() instanceof Input) {
            return;
        }
        for (VertexIndices input : reader.getInputVertices()) {
            int index = input.getVertexIndex();
            if (--readers[index] == 0) {
                ((OperatorVertex) vertices[index]).release();
            }
        }
    }

    /** Runs all vertices backward from the gradients of the outputs, {@code null} where there is none. */
    void backward(INDArray[] outputGradients) {
        calcBackpropGradients(false, false, outputGradients);
    }

    @Override
    protected void calcBackpropGradients(boolean clearLayers, boolean truncated, INDArray... outputGradients) {
        gradients();
        sums.begin();
        List<String> outputs = configuration.getNetworkOutputs();
        for (int i = 0; i < outputGradients.length; i++) {
            give(getVertex(outputs.get(i)), outputGradients[i]);
        }
        LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
        List<OperatorVertex> order = operators();
        for (int i = order.size() - 1; i >= 0; i--) {
            OperatorVertex vertex = order.get(i);
            INDArray[] inputGradients = vertex.doBackward(false, none).getSecond();
            for (int input = 0; input < inputGradients.length; input++) {
                give(vertices[vertex.getInputVertices()[input].getVertexIndex()], inputGradients[input]);
            }
            vertex.release();
        }
        sums.finish();
        gradient = new DefaultGradient(flattenedGradients);
        if (clearLayers) {
            clearVertices();
        }
    }

    private void give(GraphVertex vertex, INDArray gradient) {
        if (gradient == null) {
            return;
        }
        if (vertex.getEpsilon() == null) {
            vertex.setEpsilon(gradient);
        } else {
            vertex.getEpsilon().addi(gradient);
            arena.release(gradient);
        }
    }

    /** Forgets everything of the last pass. */
    void clearVertices() {
        Arrays.stream(vertices).forEach(GraphVertex::clear);
        setInputs(new INDArray[configuration.getNetworkInputs().size()]);
        pass = Pass.inference(false, 0);
        readers = new int[0];
    }

    /** Frees the gradients; the parameters are the caller's. DL4J's own method also runs the garbage collector. */
    @Override
    public void close() {
        clearVertices();
        if (flattenedGradients != null) {
            flattenedGradients.close();
        }
    }

    /** DL4J counts the parameters of layers only. */
    @Override
    public long numParams(boolean backwards) {
        return flattenedParams.length();
    }
}
