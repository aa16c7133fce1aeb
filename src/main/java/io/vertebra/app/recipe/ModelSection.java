package io.vertebra.app.recipe;

import io.vertebra.backbones.Backbone;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.Head;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Neck;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * The section {@code model}.
 *
 * @param backbone the network's trunk
 * @param neck what makes the levels that heads stand on; left out: they stand on the backbone's own
 * @param head what it ends in; left out: the backbone's own classifier
 * @param heads several heads by a name of one's own, in place of one; their task is {@code joint}
 * @param auxiliary a second, small segmentation head that helps training
 * @param weights a file, or the tag of a published set that lies in the cache; left out: random weights
 * @param conventions padding and norms where they are not as the weights tell
 */
public record ModelSection(
        Backbone<?> backbone,
        Neck<?> neck,
        Head<?> head,
        Map<String, Head<?>> heads,
        Auxiliary auxiliary,
        String weights,
        ConventionsSection conventions) {
    /** Fills in the classifier. */
    public ModelSection {
        Objects.requireNonNull(backbone, "backbone");
        Range.check(head == null || heads == null, "heads: stands beside head; give one of them");
        Range.check(heads == null || !heads.isEmpty(), "heads: must not be empty");
        Range.check(
                auxiliary == null || heads == null, "auxiliary: belongs to a single head, not to one of several heads");
        head = head == null && heads == null ? Heads.builtIn().get("classifier") : head;
        Range.check(
                auxiliary == null || heads != null || head.task().equals("segmentation"),
                "auxiliary: is for segmentation, " + (head == null ? "" : head.name() + " does " + head.task()));
        heads = heads == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(heads));
        for (String key : heads == null ? Map.<String, Head<?>>of().keySet() : heads.keySet()) {
            Range.check(key.matches("[a-z][a-z0-9_]*"), "heads: the name " + key + " is not lower_snake_case");
        }
        conventions = conventions == null ? new ConventionsSection(null, null, null) : conventions;
        Range.check(weights == null || !weights.isBlank(), "weights must name a file or a tag");
    }

    /** The heads by key; one alone has the empty key. */
    public Map<String, Head<?>> byKey() {
        return heads == null ? Map.of("", head) : heads;
    }

    /** The task of its heads: that of the only one, or {@code joint}. */
    public String task() {
        return heads == null ? head.task() : "joint";
    }

    /** What a person calls the heads. */
    public String headName() {
        return heads == null ? head.name() : String.join("+", heads.keySet());
    }

    /**
     * The heads with numbers of outputs.
     *
     * @param outputs by key
     */
    Map<String, HeadPart> parts(ToIntFunction<String> outputs) {
        Map<String, HeadPart> parts = new LinkedHashMap<>();
        byKey().forEach((key, h) ->
                parts.put(key, new HeadPart(h, outputs.applyAsInt(key), Optional.ofNullable(auxiliary))));
        return parts;
    }
}
