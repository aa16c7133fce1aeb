package io.vertebra.datasets;

import io.vertebra.images.LabelMap;
import io.vertebra.images.Mask;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The pixels of one object, which are worked out when somebody asks for them: boxes alone need none of that work.
 *
 * <p>Immutable to the outside, equal if the pixels are; safe for use from several threads.
 */
public final class Silhouette {

    /** Nothing is known. */
    public static final Silhouette NONE = new Silhouette(null);

    private final Supplier<Mask> source;
    private Mask mask;

    private Silhouette(Supplier<Mask> source) {
        this.source = source;
    }

    /** Pixels that are there already. */
    public static Silhouette of(Mask mask) {
        Objects.requireNonNull(mask, "mask");
        return new Silhouette(() -> mask);
    }

    /** Pixels that the source makes, always the same, at most once. */
    public static Silhouette lazily(Supplier<Mask> source) {
        return new Silhouette(Objects.requireNonNull(source, "source"));
    }

    /** Whether pixels are known; costs nothing. */
    public boolean isKnown() {
        return source != null;
    }

    /** The pixels, if they are known. */
    public synchronized Optional<Mask> mask() {
        if (mask == null && source != null) {
            mask = source.get();
        }
        return Optional.ofNullable(mask);
    }

    /** The silhouette after its picture was moved. */
    Silhouette moved(UnaryOperator<LabelMap> move) {
        return source == null
                ? this
                : new Silhouette(
                        () -> Mask.where(move.apply(mask().orElseThrow().toMap()), 1));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Silhouette s && mask().equals(s.mask());
    }

    @Override
    public int hashCode() {
        return Boolean.hashCode(isKnown()); // does not work out the pixels
    }

    @Override
    public String toString() {
        return isKnown() ? "Silhouette" : "none";
    }
}
