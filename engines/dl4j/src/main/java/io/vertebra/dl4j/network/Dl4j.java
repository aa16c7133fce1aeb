package io.vertebra.dl4j.network;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Size;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;

/**
 * Makes standard DL4J networks of graphs: for transfer learning, listeners, Spark, and all else that takes a {@link
 * ComputationGraph}.
 *
 * <p>Layers and vertices are DL4J's own, named as the nodes; the outputs have the names of the graph's. Where DL4J has none
 * (norms over channels or groups, exact GELU, padding with other values than zero, resizing, shuffling of channels), they
 * are {@code SameDiffLayer}s of this package, so that reading such an archive takes this jar. Convolutions in groups become
 * one convolution a group. Dropout is kept, stochastic depth is left out, frozen norms become scales and shifts. A parameter
 * that nodes share is written into the layer of each, as DL4J's layers share none: the values are the same, but training
 * would part them, so that {@link #toClassifier} refuses it.
 *
 * <p>Losses and operators on regions are refused by name. The engine {@code dl4j} is another thing: it computes operators in
 * vertices of its own, step for step as the other engines do.
 */
public final class Dl4j {
    private static final double RATE = 1e-4;

    private Dl4j() {}

    /**
     * A network for pictures of any size.
     *
     * @throws GraphException if an operator has no form in DL4J, or one that depends on the size of the pictures
     */
    public static ComputationGraph toComputationGraph(Graph graph, Parameters parameters) {
        return NetworkBuilder.of(graph, parameters, null, new NoOp()).build();
    }

    /**
     * A network for pictures of one size, by which SAME padding, incomplete windows and grids are resolved.
     *
     * @throws GraphException if an operator has no form in DL4J or the size does not fit
     */
    public static ComputationGraph toComputationGraph(Graph graph, Parameters parameters, Size picture) {
        Objects.requireNonNull(picture, "picture");
        return NetworkBuilder.of(graph, parameters, picture, new NoOp()).build();
    }

    /**
     * A network that {@code fit} trains: the graph up to {@code logits}, then softmax and cross entropy as the output
     * {@code probabilities}, of pictures or of their pixels.
     *
     * @param picture size of the pictures; {@code null}: any
     * @param updater of all parameters
     * @throws GraphException if there are no logits, if nodes share a parameter, or as above
     */
    public static ComputationGraph toClassifier(Graph graph, Parameters parameters, Size picture, IUpdater updater) {
        Graph classifier = graph.withOutputs("logits");
        requireApart(classifier);
        return NetworkBuilder.of(classifier, parameters, picture, updater)
                .withLoss()
                .build();
    }

    private static void requireApart(Graph graph) {
        Map<String, Node> users = new HashMap<>();
        for (Node node : graph.nodes()) {
            for (ParameterSpec spec : node.parameters()) {
                Node other = users.putIfAbsent(spec.name(), node);
                if (other != null) {
                    throw new GraphException(
                            node.name(),
                            "shares " + spec.name() + " with " + other.name()
                                    + ", which layers of a DL4J network cannot while they are trained; export it without --trainable");
                }
            }
        }
    }

    /**
     * Writes the archive of a network as {@link ModelSerializer} does.
     *
     * @param trainable whether it ends in probabilities and is trained by Adam, or has the graph's outputs
     */
    public static void write(Graph graph, Parameters parameters, Size picture, boolean trainable, OutputStream stream)
            throws IOException {
        ComputationGraph network = trainable
                ? toClassifier(graph, parameters, picture, new Adam(RATE))
                : toComputationGraph(graph, parameters, picture);
        ModelSerializer.writeModel(network, stream, true);
    }
}
