package io.vertebra.dl4j;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Input;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
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
 * A graph as a DL4J network: a vertex for each node, fed through one network input for each graph input.
 *
 * <p>DL4J runs the vertices forward. Its backward pass is overridden: it overwrites the gradient of an output that other
 * vertices use too, loses its place where one of several gradients is {@code null}, and keeps every array to the end.
 * Not safe for several threads.
 */
final class OperatorGraph extends ComputationGraph {
    private static final long serialVersionUID = 1L;
    private static final String FED = " (fed)";

    private final transient Arena arena;
    private transient Pass pass = Pass.inference(false);
    private transient int[] readers = new int[0];

    private OperatorGraph(ComputationGraphConfiguration configuration, Arena arena) {
        super(configuration);
        this.arena = arena;
    }

    /**
     * A network over given parameters.
     *
     * @param flat the parameters in one row, or {@code null} if there are none; not copied
     * @param wanted what is differentiated at each node
     */
    static OperatorGraph of(
            Graph graph, DataType type, Arena arena, INDArray flat, Function<Node, OperatorVertex.Wanted> wanted) {
        ComputationGraphConfiguration.GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .dataType(type)
                .trainingWorkspaceMode(WorkspaceMode.NONE)
                .inferenceWorkspaceMode(WorkspaceMode.NONE)
                .graphBuilder();
        graph.inputs().forEach(node -> builder.addInputs(node.name() + FED));
        for (Node node : graph.nodes()) {
            String[] inputs = node.op() instanceof Input
                    ? new String[] {node.name() + FED}
                    : node.inputs().stream().map(Node::name).toArray(String[]::new);
            builder.addVertex(node.name(), new OperatorConf(node, wanted.apply(node)), inputs);
        }
        builder.setOutputs(
                graph.outputs().values().stream().distinct().map(Node::name).toArray(String[]::new));
        OperatorGraph network = new OperatorGraph(builder.build(), arena);
        network.init(flat, false);
        return network;
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

    /** Runs the vertices of a part of the graph; the values by node name. Those of nodes that are no outputs may be gone. */
    Map<String, INDArray> forward(Graph part, Pass now, INDArray[] inputs) {
        pass = now;
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
        pass = Pass.inference(false);
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
