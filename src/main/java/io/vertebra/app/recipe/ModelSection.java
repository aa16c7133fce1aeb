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
 * @param conventions padding and norms where they are not as the weights tell
 */
public record ModelSection(Backbone<?> backbone, Head<?> head, String weights, ConventionsSection conventions) {
    /** Fills in the classifier. */
    public ModelSection {
        Objects.requireNonNull(backbone, "backbone");
        head = head == null ? Heads.builtIn().get("classifier") : head;
        conventions = conventions == null ? new ConventionsSection(null, null, null) : conventions;
        Range.check(weights == null || !weights.isBlank(), "weights must name a file or a tag");
    }
}
