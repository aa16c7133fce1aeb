package io.vertebra.app.recipe;

import io.vertebra.backbones.Backbone;
import io.vertebra.heads.Head;
import io.vertebra.heads.Heads;
import java.util.Objects;

/**
 * The section {@code model}.
 *
 * @param backbone the network's trunk
 * @param head what it ends in; left out: the backbone's own classifier
 * @param weights a file, or the tag of a published set that lies in the cache; left out: random weights
 */
public record ModelSection(Backbone<?> backbone, Head<?> head, String weights) {
    /** Fills in the classifier. */
    public ModelSection {
        Objects.requireNonNull(backbone, "backbone");
        head = head == null ? Heads.builtIn().get("classifier") : head;
        Range.check(weights == null || !weights.isBlank(), "weights must name a file or a tag");
    }
}
