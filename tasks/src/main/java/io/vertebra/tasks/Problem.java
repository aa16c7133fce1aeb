package io.vertebra.tasks;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.TargetArray;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.heads.Assembly;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A task on one head of one model: its targets and loss, what is measured, and how an answer is read and drawn. Without
 * state; safe for several threads. Names of inputs and outputs are full, with the key of the head.
 */
public interface Problem {

    /** The names of the figures that {@link Scores#values} gives, in that order; the first is the main one. */
    List<String> metrics();

    /** Whether a larger value of a metric is a better one. */
    boolean isHigherBetter(String metric);

    /** The outputs of the graph that scores and predictions are read from. */
    List<String> outputs();

    /** What the loader makes of the annotations of each sample. */
    TargetEncoder targets();

    /** Adds the inputs of the targets and the losses to a graph, names their parts as outputs, and gives their sum. */
    Node loss(Assembly assembly);

    /** What the network is asked with: all inputs of the graph for inference. Arrays are not copied. */
    default Map<String, Tensor> inputs(Batch batch) {
        return Map.of(Input.PICTURES, given(batch));
    }

    /** All inputs of the training graph for a batch of the loader. Arrays are not copied. */
    default Map<String, Tensor> feed(Batch batch) {
        Map<String, Tensor> fed = new LinkedHashMap<>(inputs(batch));
        for (TargetArray target : batch.targets().values()) {
            int[] extents =
                    target.extents().stream().mapToInt(Integer::intValue).toArray();
            fed.put(
                    target.name(),
                    target.type() == io.vertebra.datasets.Target.Type.I32
                            ? Tensor.of(target.ints(), extents)
                            : Tensor.of(target.floats(), extents));
        }
        return fed;
    }

    /** The pictures of a batch, (N, 3, H, W), as it keeps them: bytes or floats. Not copied. */
    static Tensor given(Batch batch) {
        return batch.samples()
                .<Tensor>map(samples -> Tensor.of(
                        samples, batch.values(), batch.size(), batch.channels(), batch.height(), batch.width()))
                .orElseGet(() -> pictures(batch));
    }

    /** The pictures of a batch as floats, (N, 3, H, W). Not copied. */
    static Tensor.Floats pictures(Batch batch) {
        return Tensor.of(batch.input(), batch.size(), batch.channels(), batch.height(), batch.width());
    }

    /**
     * An output of a network that must have learnt something: numbers throughout.
     *
     * @throws GraphException {@code logits: has NaN at place 3} if it diverged
     */
    static Tensor.Floats numbers(Outputs outputs, String name) {
        Tensor.Floats output = outputs.get(name);
        float[] data = output.data();
        for (int i = 0; i < data.length; i++) {
            if (!Float.isFinite(data[i])) {
                throw new GraphException(name, "has " + data[i] + " at place " + i + "; the network has diverged");
            }
        }
        return output;
    }

    /** An empty account of an evaluation on a data set. */
    Scores scores(Dataset data);

    /**
     * The answers for the valid rows of a batch.
     *
     * @param top how many candidates are wanted at most
     */
    List<Prediction> predict(Batch batch, Forward network, int top);
}
