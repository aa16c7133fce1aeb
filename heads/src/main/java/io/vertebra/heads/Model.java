package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Norm;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A model before it is a graph: what it consists of, and by which conventions.
 *
 * <p>A single head has the empty key, and its outputs and parameters have their own names. With several heads each has a
 * key, which stands before the names of its outputs and parameters: {@code seg.logits}, {@code
 * seg.decode_head.conv_seg.weight}.
 *
 * @param backbone that sees the picture
 * @param neck that makes levels of the backbone's for the heads; empty: they stand on the backbone's own
 * @param heads that answer, by key
 * @param conventions of the weights that it will get
 */
public record Model(
        Backbone<?> backbone, Optional<Neck<?>> neck, Map<String, HeadPart> heads, Conventions conventions) {
    private static final String SINGLE = "";
    private static final Set<String> TAKEN = Set.of("backbone", "neck", "pyramid", "input", "auxiliary", "loss");

    /** Refuses what cannot work together. */
    public Model {
        heads = Collections.unmodifiableMap(new LinkedHashMap<>(heads));
        Check.that(!heads.isEmpty(), "heads", "needs a head");
        for (String key : heads.keySet()) {
            boolean fits = key.isEmpty() ? heads.size() == 1 : key.matches("[a-z][a-z0-9_]*") && !TAKEN.contains(key);
            Check.that(fits, "heads", "the key %s cannot be a head's: lower_snake_case, and none of %s", key, TAKEN);
        }
        for (HeadPart part : heads.values()) {
            if (neck.isEmpty() || !part.head().family().usesNeck()) {
                part.head().check(backbone);
                part.auxiliary().ifPresent(a -> Trunk.of(backbone).level(a.level()));
            }
        }
        Norm norm = backbone.config().norm();
        if (conventions.frozenNorm() && (norm == Norm.BATCH || norm == Norm.GROUP)) {
            throw new GraphException(
                    "norm",
                    "must be frozen, is " + norm.name().toLowerCase(Locale.ROOT)
                            + ": the norms of these weights are folded into their convolutions");
        }
        conventions = norm == Norm.FROZEN ? conventions.withFrozenNorm() : conventions;
        if (neck.isPresent()) {
            boolean used =
                    heads.values().stream().anyMatch(p -> p.head().family().usesNeck());
            Check.that(used, "neck", "is used by no head; %s stands on the backbone itself", names(heads));
            assemble(backbone, neck, heads, conventions, true); // refuses what does not fit
        }
    }

    private static String names(Map<String, HeadPart> heads) {
        return heads.values().stream().map(p -> p.head().name()).distinct().collect(Collectors.joining(", "));
    }

    /** A model without a neck. */
    public Model(Backbone<?> backbone, Map<String, HeadPart> heads, Conventions conventions) {
        this(backbone, Optional.empty(), heads, conventions);
    }

    /** A model with a single head. */
    public Model(Backbone<?> backbone, Head<?> head, int classes, Conventions conventions) {
        this(backbone, Map.of(SINGLE, HeadPart.of(head, classes)), conventions);
    }

    /** A model with a single head and the default conventions. */
    public static Model of(Backbone<?> backbone, Head<?> head, int classes) {
        return new Model(backbone, head, classes, Conventions.DEFAULT);
    }

    /** A model with the default conventions. */
    public static Model of(Backbone<?> backbone, Map<String, HeadPart> heads) {
        return new Model(backbone, heads, Conventions.DEFAULT);
    }

    /** Whether it has one head without a key. */
    public boolean isSingle() {
        return heads.containsKey(SINGLE);
    }

    /** The single head. */
    public HeadPart part() {
        return part(SINGLE);
    }

    /** The head of a key. */
    public HeadPart part(String key) {
        HeadPart part = heads.get(key);
        if (part == null) {
            throw new GraphException(
                    key.isEmpty() ? "heads" : key,
                    key.isEmpty()
                            ? "are several (" + String.join(", ", heads.keySet()) + "), say which"
                            : "is no head of this model; it has " + String.join(", ", heads.keySet()));
        }
        return part;
    }

    /** The kind and options of the single head. */
    public Head<?> head() {
        return part().head();
    }

    /** The outputs of the single head. */
    public int classes() {
        return part().classes();
    }

    /** What it answers: the task of its single head, {@code joint} with several. */
    public String task() {
        return isSingle() ? head().task() : "joint";
    }

    /** The same with another backbone, or other options of it. */
    public Model with(Backbone<?> other) {
        return new Model(other, neck, heads, conventions);
    }

    /** The same with another neck, or other options of it. */
    public Model with(Neck<?> other) {
        return new Model(backbone, Optional.of(other), heads, conventions);
    }

    /** The same with another single head, or other options of it. */
    public Model with(Head<?> other) {
        return with(SINGLE, part().with(other));
    }

    /** The same with another head at a key. */
    public Model with(String key, HeadPart other) {
        part(key);
        Map<String, HeadPart> changed = new LinkedHashMap<>(heads);
        changed.put(key, other);
        return new Model(backbone, neck, changed, conventions);
    }

    /** The same with an auxiliary head beside its single head, or without one. */
    public Model with(Optional<Auxiliary> auxiliary) {
        return with(SINGLE, part().with(auxiliary));
    }

    /** The same for the conventions of a weight file. */
    public Model with(Conventions other) {
        return new Model(backbone, neck, heads, other);
    }

    /** The same for another number of classes of its single head. */
    public Model withClasses(int count) {
        return withClasses(SINGLE, count);
    }

    /** The same for another number of classes of a head. */
    public Model withClasses(String key, int count) {
        return with(key, part(key).withClasses(count));
    }

    /** Builds backbone, neck and heads; the caller takes the outputs as they are. Pictures may have any size. */
    public Assembly assemble() {
        return assemble(backbone, neck, heads, conventions, false);
    }

    /** Builds backbone, neck, heads and auxiliary heads; the caller adds losses. */
    public Assembly assembleForTraining() {
        return assemble(backbone, neck, heads, conventions, true);
    }

    private static Assembly assemble(
            Backbone<?> backbone,
            Optional<Neck<?>> neck,
            Map<String, HeadPart> heads,
            Conventions conventions,
            boolean training) {
        GraphBuilder g = new GraphBuilder(conventions);
        Trunk bare = Trunk.in(backbone, g, scope(neck, heads));
        Trunk necked = neck.map(n -> n.on(bare, g)).orElse(bare);
        Map<String, Map<String, Node>> outputs = new LinkedHashMap<>();
        heads.forEach((key, part) -> {
            Head<?> head = part.head();
            Trunk trunk = head.family().usesNeck() ? necked : bare;
            GraphBuilder own = key.isEmpty() ? g : g.in(key);
            Map<String, Node> named = new LinkedHashMap<>(head.build(trunk, part.classes(), own));
            if (training) {
                named.putAll(head.training(trunk, part.classes(), Collections.unmodifiableMap(named), own));
                part.auxiliary()
                        .ifPresent(a -> named.put("auxiliary.logits", head.auxiliary(a, trunk, part.classes(), own)));
            }
            outputs.put(key, named);
        });
        return new Assembly(g, bare.input(), bare.stages(), outputs);
    }

    private static String scope(Optional<Neck<?>> neck, Map<String, HeadPart> heads) {
        return neck.isPresent()
                ? neck.get().backboneScope()
                : heads.containsKey(SINGLE) ? heads.get(SINGLE).head().family().backboneScope() : "backbone";
    }

    /** What makes boxes of the outputs of the single head. Make it once; it may be used by many threads. */
    public Detector detector() {
        return detector(SINGLE);
    }

    /** What makes boxes of the outputs of a head. */
    public Detector detector(String key) {
        Head<?> head = part(key).head();
        GraphBuilder g = new GraphBuilder(conventions);
        Trunk bare = Trunk.in(backbone, g, head.family().backboneScope());
        return head.detector(neck.map(n -> n.on(bare, g)).orElse(bare), g);
    }

    /** The graph for inference: outputs {@code pyramid.<i>} and those of the heads. */
    public Graph inference() {
        return assemble().inference();
    }

    /**
     * The graph that a classifier is trained with: inputs {@code input}, and {@code labels} or {@code soft_labels};
     * outputs {@code logits} and {@code loss}.
     */
    public Graph training(SoftmaxCrossEntropy loss, boolean softLabels) {
        return assemble().training(loss, softLabels);
    }
}
