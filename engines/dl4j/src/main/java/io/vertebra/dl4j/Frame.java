package io.vertebra.dl4j;

import io.vertebra.graph.Node;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.TransformStrictOp;
import org.nd4j.linalg.factory.Nd4j;

/** What a kernel sees of its vertex in one pass: inputs, parameters, gradients, and arrays to write into. */
final class Frame {
    private final Node node;
    private final DataType type;
    private final Arena arena;
    private final boolean[] wanted;
    private final List<INDArray> scratch = new ArrayList<>();
    private final List<INDArray> kept = new ArrayList<>();
    private final Set<String> ran = new LinkedHashSet<>();
    private Pass pass;
    private INDArray[] inputs;
    private INDArray output;
    private INDArray[] inputGradients;
    private Map<String, INDArray> parameters;
    private Map<String, INDArray> gradients;
    private String ranForWeights;
    private long dataBegins;

    /**
     * @param wanted for each input, whether a gradient is wanted
     */
    Frame(Node node, DataType type, Arena arena, boolean[] wanted) {
        this.node = node;
        this.type = type;
        this.arena = arena;
        this.wanted = wanted;
    }

    INDArray forward(Kernel kernel, Pass now, INDArray[] values, Map<String, INDArray> weights) {
        pass = now;
        inputs = values;
        parameters = weights;
        ran.clear();
        output = kernel.forward(this);
        releaseScratch();
        if (!now.backward()) {
            releaseKept();
        }
        return output;
    }

    /** The gradients of the inputs; {@code null} where none is wanted. */
    INDArray[] backward(Kernel kernel, INDArray dy, Map<String, INDArray> weightGradients) {
        gradients = weightGradients;
        inputGradients = new INDArray[wanted.length];
        ran.clear();
        ranForWeights = "";
        dataBegins = 0;
        kernel.backward(this, dy);
        releaseScratch();
        return inputGradients;
    }

    private void releaseScratch() {
        scratch.forEach(arena::release);
        scratch.clear();
    }

    private void releaseKept() {
        kept.forEach(arena::release);
        kept.clear();
    }

    /** Gives back what was kept for the backward pass; the value too unless somebody else still reads it. */
    void clear(boolean keepsOutput) {
        releaseKept();
        scratch.clear();
        if (output != null && !keepsOutput) {
            arena.release(output);
        }
        output = null;
        inputs = null;
        inputGradients = null;
    }

    Pass pass() {
        return pass;
    }

    Node node() {
        return node;
    }

    DataType type() {
        return type;
    }

    /** The operators of ND4J that the last call ran, in order; backward those since the first gradient of an input. */
    String ran() {
        return String.join(" + ", ran);
    }

    /** The operators of ND4J that the last backward call ran before it made the first gradient of an input. */
    String ranForWeights() {
        return ranForWeights;
    }

    /** When the last backward call made the first gradient of an input, or 0 if it made none. */
    long dataBegins() {
        return dataBegins;
    }

    INDArray x(int input) {
        return inputs[input];
    }

    int inputCount() {
        return inputs.length;
    }

    /** The value that forward computed. */
    INDArray y() {
        return output;
    }

    /** The shape of an input. */
    Shape xShape(int input) {
        return shape(inputs[input]);
    }

    /** An array for the value, of the shape that the operator's record infers. */
    INDArray newOutput() {
        List<Shape> shapes = Arrays.stream(inputs).map(Frame::shape).toList();
        DataType of = node.op().type() == io.vertebra.graph.op.DataType.I32 ? DataType.INT32 : type;
        return arena.take(of, extents(node.op().output(shapes)));
    }

    private static Shape shape(INDArray array) {
        return Shape.of(Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray());
    }

    static long[] extents(Shape shape) {
        return shape.extents().stream().mapToLong(Integer::longValue).toArray();
    }

    /** An array that is given back when this call returns. */
    INDArray scratch(long... shape) {
        return scratchOf(type, shape);
    }

    /** The same of another type. */
    INDArray scratchOf(DataType other, long... shape) {
        INDArray array = arena.take(other, shape);
        scratch.add(array);
        return array;
    }

    /** Gives scratch back early: what a kernel takes for each of many parts would add up. */
    void release(INDArray array) {
        scratch.removeIf(other -> other == array); // equal arrays are the same numbers to ND4J
        arena.release(array);
    }

    /** Scratch with these elements. */
    INDArray constant(double[] values, long... shape) {
        INDArray array = scratch(shape);
        Host.put(array, values);
        return array;
    }

    /** A single number. */
    INDArray scalar(double value) {
        return constant(new double[] {value});
    }

    /** An array that lives until the backward pass of this vertex is done. */
    INDArray keep(long... shape) {
        return keepOf(type, shape);
    }

    /** The same of another type. */
    INDArray keepOf(DataType other, long... shape) {
        INDArray array = arena.take(other, shape);
        kept.add(array);
        return array;
    }

    /** What {@link #keep} gave in this pass, in order. */
    INDArray kept(int index) {
        return kept.get(index);
    }

    INDArray parameter(String name) {
        return parameters.get(name);
    }

    /** Where the gradient of a parameter goes, or {@code null} if the parameter is a constant. */
    INDArray gradient(String name) {
        return gradients.get(name);
    }

    /** The same, or scratch for an operator that always writes it. */
    INDArray gradientOrScratch(String name) {
        INDArray gradient = gradients.get(name);
        return gradient == null ? scratch(parameters.get(name).shape()) : gradient;
    }

    boolean wants(int input) {
        return wanted[input];
    }

    /** An array for the gradient of an input. */
    INDArray newGradient(int input) {
        if (dataBegins == 0) {
            dataBegins = System.nanoTime();
            ranForWeights = ran();
            ran.clear();
        }
        inputGradients[input] = arena.take(type, inputs[input].shape());
        return inputGradients[input];
    }

    /** Runs one of ND4J's operators into given outputs. */
    void run(String operator, INDArray[] in, INDArray[] out, Arguments arguments) {
        run(operator, () -> {
            DynamicCustomOp.DynamicCustomOpsBuilder op =
                    DynamicCustomOp.builder(operator).addInputs(in).addOutputs(out);
            arguments.addTo(op);
            Nd4j.exec(op.build());
        });
    }

    /** Runs a function of single elements that is not in the registry of operators. */
    void run(TransformStrictOp function) {
        run(function.opName(), () -> Nd4j.exec(function));
    }

    private void run(String operator, Runnable call) {
        ran.add(operator);
        try {
            call.run();
        } catch (RuntimeException e) {
            throw new EngineException(
                    EngineException.Kind.FAILED,
                    "dl4j: operator " + operator + " of ND4J failed at " + node + ": "
                            + (e.getCause() == null ? e : e.getCause()).getMessage(),
                    e);
        }
    }

    /** Notes that a loop in Java did a part of the work. */
    void ranInJava() {
        ran.add(Profile.JAVA);
    }

    /** Runs an operator without arguments on up to two inputs. */
    void run(String operator, INDArray out, INDArray... in) {
        run(operator, in, new INDArray[] {out}, Arguments.NONE);
    }
}
