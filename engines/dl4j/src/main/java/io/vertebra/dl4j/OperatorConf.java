package io.vertebra.dl4j;

import io.vertebra.graph.Node;
import io.vertebra.graph.op.ParameterSpec;
import java.util.List;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The configuration of one node's vertex. Lives in memory only: a model is kept as graph JSON and weight files, not as a
 * DL4J archive.
 */
final class OperatorConf extends GraphVertex {
    private static final long serialVersionUID = 1L;

    private final transient Node node;
    private final transient List<ParameterSpec> own;
    private final transient OperatorVertex.Wanted wanted;

    /**
     * @param own the parameters that no vertex before this one has
     */
    OperatorConf(Node node, List<ParameterSpec> own, OperatorVertex.Wanted wanted) {
        this.node = node;
        this.own = own;
        this.wanted = wanted;
    }

    Node node() {
        return node;
    }

    @Override
    public long numParams(boolean backprop) {
        return own.stream().mapToLong(p -> p.shape().elements()).sum();
    }

    @Override
    public int minVertexInputs() {
        return Math.max(1, node.inputs().size());
    }

    @Override
    public int maxVertexInputs() {
        return minVertexInputs();
    }

    @Override
    public OperatorVertex instantiate(
            ComputationGraph graph, String name, int index, INDArray parameters, boolean initialize, DataType type) {
        return new OperatorVertex((OperatorGraph) graph, this, wanted, index, parameters, type);
    }

    @Override
    public InputType getOutputType(int layer, InputType... inputs) {
        throw new UnsupportedOperationException("shapes are inferred by the graph, not by DL4J");
    }

    @Override
    public MemoryReport getMemoryReport(InputType... inputs) {
        throw new UnsupportedOperationException("memory is reported by the session, not by DL4J");
    }

    @Override
    public GraphVertex clone() {
        return new OperatorConf(node, own, wanted);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OperatorConf conf && conf.node == node && conf.wanted.equals(wanted);
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(node);
    }
}
