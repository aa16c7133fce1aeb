package io.vertebra.dl4j;

import io.vertebra.graph.Node;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.ParameterSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A vertex that computes one operator; its parameters are views of the network's flat array, perhaps shared with others. */
final class OperatorVertex extends BaseGraphVertex {
    private static final long serialVersionUID = 1L;

    /**
     * What is differentiated.
     *
     * @param inputs for each input, whether its gradient is wanted
     * @param parameters local names of those that are trained
     */
    record Wanted(List<Boolean> inputs, Set<String> parameters) {
        /** Copies the collections. */
        Wanted {
            inputs = List.copyOf(inputs);
            parameters = Set.copyOf(parameters);
        }

        boolean isNothing() {
            return parameters.isEmpty() && !inputs.contains(true);
        }

        boolean[] ofInputs() {
            boolean[] flags = new boolean[inputs.size()];
            for (int i = 0; i < flags.length; i++) {
                flags[i] = inputs.get(i);
            }
            return flags;
        }
    }

    private final transient OperatorGraph network;
    private final transient Node node;
    private final transient Wanted wanted;
    private final transient Kernel kernel;
    private final transient Frame frame;
    private final transient INDArray slice;
    private transient Map<String, INDArray> parameters = Map.of();
    private transient Map<String, INDArray> average = Map.of();

    OperatorVertex(OperatorGraph network, OperatorConf conf, Wanted wanted, int index, INDArray slice, DataType type) {
        super(network, conf.node().name(), index, null, null, type);
        this.network = network;
        this.node = conf.node();
        this.wanted = wanted;
        this.kernel = node.op().accept(Kernels.ALL);
        this.frame = new Frame(node, type, network.arena(), wanted.ofInputs());
        this.slice = slice;
    }

    /** Views of the weights in the shape of parameters, by full name. */
    void setParameters(Map<String, INDArray> views) {
        parameters = byLocalName(views);
    }

    /** The same of averaged weights. */
    void setAverage(Map<String, INDArray> views) {
        average = byLocalName(views);
    }

    private Map<String, INDArray> byLocalName(Map<String, INDArray> views) {
        Map<String, INDArray> mine = new LinkedHashMap<>();
        node.parameters().forEach(spec -> mine.put(local(spec), views.get(spec.name())));
        return mine;
    }

    private static String local(ParameterSpec spec) {
        return spec.name().substring(spec.name().lastIndexOf('.') + 1);
    }

    /** Full names of the parameters that are trained. */
    List<String> trained() {
        return wanted.parameters().stream().map(node::parameter).toList();
    }

    Node node() {
        return node;
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray flat) {
        // the network has a view for each parameter: some are shared
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        Pass pass = network.pass();
        long start = System.nanoTime();
        INDArray value = frame.forward(kernel, pass, inputs.clone(), pass.averaged() ? average : parameters);
        if (pass.profile() != null && !(node.op() instanceof Input)) {
            pass.profile().add(node, Profile.FORWARD, frame.ran(), System.nanoTime() - start);
        }
        network.consumed(this);
        return value;
    }

    /** The gradients of the inputs, {@code null} where none is wanted or none arrived. */
    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
        INDArray[] inputGradients = new INDArray[wanted.inputs().size()];
        Gradient gradient = new DefaultGradient();
        if (epsilon != null && !wanted.isNothing()) {
            Map<String, INDArray> gradients = new LinkedHashMap<>();
            wanted.parameters()
                    .forEach(name -> gradients.put(name, network.sums().target(node.parameter(name))));
            Pass pass = network.pass();
            long start = System.nanoTime();
            inputGradients = frame.backward(kernel, epsilon, gradients);
            if (pass.profile() != null) {
                addBackwardTimes(pass.profile(), start, System.nanoTime());
            }
            gradients.forEach((name, target) -> network.sums().add(node.parameter(name), target));
        }
        return new Pair<>(gradient, inputGradients);
    }

    /** Kernels write the gradients of parameters first; without trained parameters all of it is for the data. */
    private void addBackwardTimes(Profile profile, long start, long end) {
        boolean hasData = frame.dataBegins() != 0;
        boolean hasWeights = !wanted.parameters().isEmpty();
        if (hasWeights) {
            String ran = hasData ? frame.ranForWeights() : frame.ran();
            profile.add(node, Profile.BACKWARD_WEIGHTS, ran, (hasData ? frame.dataBegins() : end) - start);
        }
        if (hasData) {
            String ran = hasWeights || frame.ranForWeights().isEmpty()
                    ? frame.ran()
                    : frame.ranForWeights() + " + " + frame.ran();
            profile.add(node, Profile.BACKWARD_DATA, ran, end - (hasWeights ? frame.dataBegins() : start));
        }
    }

    /** Gives back the value and what only this vertex needed. */
    void release() {
        frame.clear(false);
        if (epsilon != null && !(node.op() instanceof Input)) {
            network.arena().release(epsilon);
            epsilon = null;
        }
    }

    @Override
    public void clear() {
        super.clear();
        frame.clear(true);
    }

    @Override
    public boolean hasLayer() {
        return false;
    }

    @Override
    public Layer getLayer() {
        return null;
    }

    @Override
    @SuppressWarnings("overrides") // the interface says INDArray..., the class above INDArray[]
    public void setInputs(INDArray... values) {
        this.inputs = values;
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArrays(INDArray[] masks, MaskState state, int batch) {
        throw new UnsupportedOperationException("mask arrays are no part of a graph");
    }

    @Override
    public Map<String, INDArray> paramTable(boolean backpropOnly) {
        return parameters;
    }

    @Override
    public INDArray params() {
        return slice;
    }

    @Override
    public String toString() {
        return node + " " + node.op();
    }
}
