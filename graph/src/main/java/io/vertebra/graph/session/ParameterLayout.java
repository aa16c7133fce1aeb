package io.vertebra.graph.session;

import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.op.ParameterSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Where the parameters and buffers of a session lie in one flat arena: those that are trained first, those of one group
 * side by side, so that an update is a few long loops and gradients need only the beginning. Immutable.
 */
public final class ParameterLayout {

    /**
     * The place of a parameter or buffer.
     *
     * @param spec of the graph
     * @param group how updates treat it, {@link Groups.Group#FROZEN} for what is not trained
     * @param offset of its first byte
     * @param bytes without what fills up to the next
     */
    public record Entry(ParameterSpec spec, Groups.Group group, long offset, long bytes) {
        /** Its full name. */
        public String name() {
            return spec.name();
        }

        /** Whether it is trained. */
        public boolean isTrained() {
            return group.trainable();
        }
    }

    /**
     * A run of parameters of one group.
     *
     * @param group of all of them
     * @param offset of the first byte
     * @param bytes up to the next group, gaps included
     */
    public record Segment(Groups.Group group, long offset, long bytes) {}

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final long bytes;
    private final long trainedBytes;

    private ParameterLayout(List<Entry> sorted, long alignment) {
        long end = 0;
        long trainedEnd = 0;
        for (Entry entry : sorted) {
            entries.put(entry.name(), new Entry(entry.spec(), entry.group(), end, entry.bytes()));
            end += (entry.bytes() + alignment - 1) & -alignment;
            trainedEnd = entry.isTrained() ? end : trainedEnd;
        }
        this.bytes = end;
        this.trainedBytes = trainedEnd;
    }

    /**
     * Of all parameters and buffers of a graph.
     *
     * @param options that say what is trained
     * @param bytesOf how many bytes one takes
     * @param alignment a power of two of which all places are multiples
     */
    public static ParameterLayout of(
            Graph graph, Options options, ToLongFunction<ParameterSpec> bytesOf, long alignment) {
        List<Entry> all = new ArrayList<>();
        for (ParameterSpec spec : graph.parameters()) {
            all.add(new Entry(spec, options.group(spec), 0, bytesOf.applyAsLong(spec)));
        }
        all.sort(Comparator.comparing(Entry::isTrained)
                .reversed()
                .thenComparingDouble(e -> e.group().decay())
                .thenComparingDouble(e -> e.group().rateFactor()));
        return new ParameterLayout(all, alignment);
    }

    /** All, by place. */
    public Collection<Entry> entries() {
        return java.util.Collections.unmodifiableCollection(entries.values());
    }

    /** The place of one that the graph has. */
    public Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalStateException("no parameter " + name);
        }
        return entry;
    }

    /** Names of what is trained. */
    public Set<String> trained() {
        return entries.values().stream()
                .filter(Entry::isTrained)
                .map(Entry::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Size of an arena of all. */
    public long bytes() {
        return bytes;
    }

    /** Size of an arena of what is trained, which is the beginning of one of all. */
    public long trainedBytes() {
        return trainedBytes;
    }

    /**
     * What is trained, cut where the group changes.
     *
     * @param longest bytes of a segment; longer ones are cut
     */
    public List<Segment> segments(long longest) {
        List<Segment> segments = new ArrayList<>();
        Entry first = null;
        for (Entry entry : entries.values()) {
            if (first != null && !entry.group().equals(first.group())) {
                cut(first, entry.offset(), longest, segments);
                first = null;
            }
            if (first == null && entry.isTrained()) {
                first = entry;
            }
        }
        if (first != null) {
            cut(first, trainedBytes, longest, segments);
        }
        return segments;
    }

    private static void cut(Entry first, long end, long longest, List<Segment> segments) {
        for (long at = first.offset(); at < end; at += longest) {
            segments.add(new Segment(first.group(), at, Math.min(longest, end - at)));
        }
    }
}
