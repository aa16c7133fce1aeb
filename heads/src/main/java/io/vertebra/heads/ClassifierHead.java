package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The classifier that the backbone was published with: outputs {@code features} and {@code logits} (N, classes). */
public final class ClassifierHead implements HeadFamily<ClassifierHead.Config> {

    /**
     * Options.
     *
     * @param dropout share of the features that training zeroes
     */
    public record Config(Double dropout) {
        /** Fills in and checks. */
        public Config {
            dropout = Objects.requireNonNullElse(dropout, 0.0);
            Check.that(dropout >= 0 && dropout < 1, "dropout", "must lie in [0, 1), is %s", dropout);
        }
    }

    @Override
    public String task() {
        return "classification";
    }

    @Override
    public Class<Config> config() {
        return Config.class;
    }

    @Override
    public Config defaults() {
        return new Config(null);
    }

    /** Weights of whole networks are published with bare names. */
    @Override
    public String backboneScope() {
        return "";
    }

    /** It looks at what the backbone was published with. */
    @Override
    public boolean usesNeck() {
        return false;
    }

    /** Every backbone has a classifier, but for forms that were only published without one. */
    @Override
    public void check(Config config, Backbone<?> backbone) {
        GraphBuilder g = new GraphBuilder();
        backbone.features(Trunk.in(backbone, g, "").stages(), g);
    }

    @Override
    public Map<String, Node> build(Config config, Trunk trunk, int classes, GraphBuilder g) {
        Backbone<?> backbone = trunk.backbone();
        Node features = backbone.features(trunk.stages(), g);
        Map<String, Node> outputs = new LinkedHashMap<>();
        outputs.put("features", features);
        outputs.put("logits", backbone.classifier(g.dropout(features, config.dropout()), classes, g));
        return outputs;
    }

    /** The backbone's own auxiliary classifiers, if its options ask for them: {@code auxiliary.<i>.logits} (N, classes). */
    @Override
    public Map<String, Node> training(
            Config config, Trunk trunk, int classes, Map<String, Node> before, GraphBuilder g) {
        Map<String, Node> outputs = new LinkedHashMap<>();
        for (Node logits : trunk.backbone().auxiliary(trunk.stages(), classes, g)) {
            outputs.put("auxiliary." + outputs.size() + ".logits", logits);
        }
        return outputs;
    }
}
