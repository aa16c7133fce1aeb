package io.vertebra.dl4j;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The door: checks batches against the graph and copies them into native arrays. */
final class Feed {
    private final Graph graph;
    private final org.nd4j.linalg.api.buffer.DataType type;
    private final Arena arena;

    Feed(Graph graph, org.nd4j.linalg.api.buffer.DataType type, Arena arena) {
        this.graph = graph;
        this.type = type;
        this.arena = arena;
    }

    /** The shapes of all nodes, by index; throws {@link GraphException} unless the batch fits the graph. */
    List<Shape> check(Batch batch) {
        List<Shape> shapes = graph.shapes(batch.shapes());
        for (Node node : graph.inputs()) {
            Tensor given = batch.inputs().get(node.name());
            boolean wantsIntegers = ((Input) node.op()).type() == DataType.I32;
            if (wantsIntegers != given instanceof Tensor.Ints) {
                throw new GraphException(
                        node.name(), "wants " + (wantsIntegers ? "integers" : "floating-point numbers"));
            }
            if (shapes.get(node.index()).elements() == 0) {
                throw new GraphException(
                        node.name(), "has the shape " + given.shape() + ", there is nothing to compute");
            }
        }
        for (Node node : graph.nodes()) {
            if (node.op() instanceof SoftmaxCrossEntropy loss) {
                Node labels = node.inputs().get(1);
                if (batch.inputs().get(labels.name()) instanceof Tensor.Ints given) {
                    int classes = shapes.get(node.inputs().get(0).index()).c();
                    checkLabels(labels.name(), given.data(), classes, loss.ignore());
                }
            }
        }
        return shapes;
    }

    private static void checkLabels(String name, int[] labels, int classes, int ignore) {
        for (int i = 0; i < labels.length; i++) {
            if ((labels[i] < 0 || labels[i] >= classes) && labels[i] != ignore) {
                throw new GraphException(
                        name,
                        "has the class " + labels[i] + " at " + i + ", the logits have classes 0 to " + (classes - 1)
                                + ", and " + ignore + " is ignored");
            }
        }
    }

    /** The inputs as native arrays, in the order of the graph's inputs. */
    INDArray[] arrays(Batch batch) {
        return graph.inputs().stream()
                .map(node -> array(batch.inputs().get(node.name())))
                .toArray(INDArray[]::new);
    }

    /** A native copy. */
    INDArray array(Tensor tensor) {
        long[] shape = Frame.extents(tensor.shape());
        if (tensor instanceof Tensor.Ints ints) {
            INDArray array = arena.take(org.nd4j.linalg.api.buffer.DataType.INT32, shape);
            Host.put(array, ints.data());
            return array;
        }
        INDArray array = arena.take(type, shape);
        Host.put(array, ((Tensor.Floats) tensor).data());
        return array;
    }
}
