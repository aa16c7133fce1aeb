package io.vertebra.backbones;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import java.util.List;

/**
 * Networks of one design: a table of variants, and how their layers are put together.
 *
 * <p>The names of nodes are those of the published state dict. A family holds no state; it may be used by many threads.
 *
 * @param <C> its options
 */
public interface BackboneFamily<C extends Record & BackboneConfig> {

    /** Its variants, and the record of its options. */
    FamilyTable<C> table();

    /** The names of the variants. */
    default List<String> variants() {
        return table().variants();
    }

    /** The record of its options. */
    default Class<C> config() {
        return table().config();
    }

    /** The options when nothing is said. */
    default C defaults() {
        return table().defaults();
    }

    /**
     * Adds the layers up to the last level.
     *
     * @param input picture (N, C, H, W)
     */
    Pyramid build(String variant, C config, Node input, GraphBuilder g);

    /**
     * The maps that heads for pixels and boxes take: the levels themselves, unless the family is published with layers
     * between them and such heads.
     *
     * @param g the builder that {@code build} had
     */
    default Pyramid dense(String variant, C config, Pyramid pyramid, GraphBuilder g) {
        return pyramid;
    }

    /**
     * Adds what stands between the last level and the classifier, and gives what the classifier takes: (N, C), or (N, C,
     * H, W) where it is a convolution. The mean over the last level unless the family has layers there.
     */
    default Node features(String variant, C config, Pyramid pyramid, GraphBuilder g) {
        return g.globalAveragePool(pyramid.last());
    }

    /** Adds the classifier with its published names: features → logits (N, classes). */
    Node classifier(String variant, C config, Node features, int classes, GraphBuilder g);

    /**
     * Adds the auxiliary classifiers that the options ask for, with their published names, and gives the logits (N,
     * classes) of each. Training adds their losses; inference does without them.
     */
    default List<Node> auxiliary(String variant, C config, Pyramid pyramid, int classes, GraphBuilder g) {
        return List.of();
    }
}
