package io.vertebra.backbones;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Style;
import java.util.List;

/**
 * A variant of a family with its options chosen: a network that is ready to be built.
 *
 * @param name of the variant: {@code resnet50}
 * @param family how its layers are put together
 * @param config its options
 * @param <C> their record
 */
public record Backbone<C extends Record & BackboneConfig>(String name, BackboneFamily<C> family, C config) {

    /** With the family's defaults. */
    public static <C extends Record & BackboneConfig> Backbone<C> of(String name, BackboneFamily<C> family) {
        return new Backbone<>(name, family, family.defaults());
    }

    /** The same variant with other options; the record must be the family's. */
    public Backbone<C> with(Record options) {
        return new Backbone<>(name, family, family.config().cast(options));
    }

    /** Adds the layers up to the last level. */
    public Pyramid build(Node input, GraphBuilder g) {
        return family.build(name, config, input, styled(g));
    }

    /** Adds what stands between the levels and heads for pixels and boxes, nothing in most families. */
    public Pyramid dense(Pyramid pyramid, GraphBuilder g) {
        return family.dense(name, config, pyramid, styled(g));
    }

    /** Adds what stands between the last level and the classifier. */
    public Node features(Pyramid pyramid, GraphBuilder g) {
        return family.features(name, config, pyramid, styled(g));
    }

    /** Adds the classifier: logits (N, classes). */
    public Node classifier(Node features, int classes, GraphBuilder g) {
        return family.classifier(name, config, features, classes, styled(g));
    }

    /** Adds the auxiliary classifiers that its options ask for: logits (N, classes) of each, none in most families. */
    public List<Node> auxiliary(Pyramid pyramid, int classes, GraphBuilder g) {
        return family.auxiliary(name, config, pyramid, classes, styled(g));
    }

    private GraphBuilder styled(GraphBuilder g) {
        return g.styled(new Style(config.norm() == Norm.GROUP, config.activation()));
    }
}
