package io.vertebra.dl4j;

import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The door: checks batches against the graph and copies them into native arrays. */
final class Feed {
    private static final Tensor ABSENT = Tensor.of(new float[1], 1);

    private final Graph graph;
    private final DataType type;
    private final Arena arena;

    Feed(Graph graph, DataType type, Arena arena) {
        this.graph = graph;
        this.type = type;
        this.arena = arena;
    }

    /** The shapes of all nodes of a graph, by index; throws a {@code GraphException} unless the batch fits it. */
    static List<Shape> check(Graph graph, Batch batch) {
        batch.requireFits(graph);
        return graph.shapes(batch.shapes());
    }

    /** The inputs as native arrays, in the order of the graph's inputs; a number for those that were not given. */
    INDArray[] arrays(Batch batch) {
        return graph.inputs().stream()
                .map(node -> array(batch.inputs().getOrDefault(node.name(), ABSENT)))
                .toArray(INDArray[]::new);
    }

    /** A native copy. */
    INDArray array(Tensor tensor) {
        long[] shape = Frame.extents(tensor.shape());
        if (tensor instanceof Tensor.Ints ints) {
            INDArray array = arena.take(DataType.INT32, shape);
            Host.put(array, ints.data());
            return array;
        }
        INDArray array = arena.take(type, shape);
        Tensor.Floats floats = tensor instanceof Tensor.Bytes bytes ? bytes.floats() : (Tensor.Floats) tensor;
        Host.put(array, floats.data());
        return array;
    }
}
