package io.vertebra.backbones;

import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import java.util.List;

/**
 * The maps of a backbone that heads may use: one for each reduction, from fine to coarse, as timm's {@code feature_info}.
 *
 * @param levels maps (N, C, H, W); the reductions never fall
 * @param auxiliary maps that are no levels but that the backbone's own auxiliary classifiers or its maps for other heads
 *     take; none in most families
 */
public record Pyramid(List<Node> levels, List<Node> auxiliary) {

    /** Checks the order. */
    public Pyramid {
        levels = List.copyOf(levels);
        auxiliary = List.copyOf(auxiliary);
        Check.that(!levels.isEmpty(), "pyramid", "needs a level");
        for (int i = 1; i < levels.size(); i++) {
            Node before = levels.get(i - 1);
            Node after = levels.get(i);
            Check.that(
                    before.reduction() <= after.reduction(),
                    "pyramid",
                    "level %d has reduction %d, the one before it %d",
                    i,
                    after.reduction(),
                    before.reduction());
        }
    }

    /** Without auxiliary classifiers. */
    public Pyramid(List<Node> levels) {
        this(levels, List.of());
    }

    /** The coarsest map. */
    public Node last() {
        return levels.get(levels.size() - 1);
    }

    /** The channels of each level. */
    public List<Integer> channels() {
        return levels.stream().map(Node::channels).toList();
    }

    /** How many times smaller than the picture each level is. */
    public List<Integer> reductions() {
        return levels.stream().map(Node::reduction).toList();
    }
}
