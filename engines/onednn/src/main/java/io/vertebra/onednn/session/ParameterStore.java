package io.vertebra.onednn.session;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Handles;
import io.vertebra.onednn.natives.Reorders;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.natives.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The fp32 masters of all parameters and buffers, and what training keeps beside them, each in one flat arena.
 *
 * <p>Trained parameters come first, those of one group side by side, so that an update is a few long loops. All arenas have
 * the order in which gradients are computed: row-major until the first plan that trains has decided it, then that of the
 * weight gradient's primitive, with zeros in its padding. Owns the arenas; confined to the session's lock.
 */
final class ParameterStore implements AutoCloseable {
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Handles handles = new Handles();
    private final List<String> slotNames;
    private final boolean hasEma;
    private Block weights;
    private Block ema;
    private Block gradients;
    private final List<Block> slots = new ArrayList<>();
    private long trainedBytes;
    private boolean packed;

    /** With zeros everywhere; {@code groupOf} gives {@code null} for what is not trained. */
    ParameterStore(Graph graph, Function<ParameterSpec, Groups.Group> groupOf, List<String> slotNames, boolean hasEma) {
        this.slotNames = slotNames;
        this.hasEma = hasEma;
        try {
            addEntries(graph, groupOf);
            allocate(Map.of());
        } catch (RuntimeException | Error e) {
            close(); // nobody else knows it yet
            throw e;
        }
    }

    private void addEntries(Graph graph, Function<ParameterSpec, Groups.Group> groupOf) {
        List<Entry> all = new ArrayList<>();
        for (Node node : graph.nodes()) {
            for (ParameterSpec spec : node.parameters()) {
                Desc plain = Desc.of(handles, Type.F32, Tag.PLAIN, extents(node, spec));
                all.add(new Entry(spec, groupOf.apply(spec), plain));
            }
        }
        all.sort(Comparator.comparing(Entry::isTrained)
                .reversed()
                .thenComparingDouble(e -> e.isTrained() ? e.group().decay() : 0)
                .thenComparingDouble(e -> e.isTrained() ? e.group().rateFactor() : 0));
        all.forEach(e -> entries.put(e.name(), e));
    }

    /** oneDNN wants the groups of a convolution as an axis of their own; the row-major bytes are the same. */
    private static long[] extents(Node node, ParameterSpec spec) {
        int[] e = spec.shape().toArray();
        if (node.op() instanceof Convolution op && op.groups() > 1 && e.length == 4) {
            return new long[] {op.groups(), e[0] / op.groups(), e[1], e[2], e[3]};
        }
        return java.util.Arrays.stream(e).asLongStream().toArray();
    }

    private void allocate(Map<String, Desc> orders) {
        long offset = 0;
        trainedBytes = 0;
        for (Entry entry : entries.values()) {
            Desc order = orders.getOrDefault(entry.name(), entry.order());
            entry.place(order, offset);
            offset += Block.align(order.bytes());
            trainedBytes = entry.isTrained() ? offset : trainedBytes;
        }
        weights = Block.allocate(offset, "the model's parameters");
        if (hasEma) {
            ema = Block.allocate(offset, "the moving average of the parameters");
        }
        slots.clear();
        for (String slot : slotNames) {
            slots.add(Block.allocate(trainedBytes, "the optimizer's " + slot));
        }
    }

    /** Whether the order of the arenas is decided. */
    boolean isPacked() {
        return packed;
    }

    /** Moves everything to the orders that the first plan that trains wants, and makes room for gradients. */
    void pack(Map<String, Desc> orders) {
        Map<String, Reorders.At> old = new LinkedHashMap<>();
        entries.forEach((name, e) -> old.put(name, new Reorders.At(e.order(), weights, e.offset())));
        Block oldWeights = weights;
        Block oldEma = ema;
        List<Block> oldSlots = List.copyOf(slots);
        try {
            allocate(orders);
            gradients = Block.allocate(trainedBytes, "the gradients of the parameters");
            for (Entry entry : entries.values()) {
                Reorders.At from = old.get(entry.name());
                move(entry, from, oldWeights, weights);
                if (hasEma) {
                    move(entry, from, oldEma, ema);
                }
                for (int i = 0; entry.isTrained() && i < slots.size(); i++) {
                    move(entry, from, oldSlots.get(i), slots.get(i));
                }
            }
        } finally {
            oldWeights.close();
            if (oldEma != null) {
                oldEma.close();
            }
            oldSlots.forEach(Block::close);
        }
        packed = true;
    }

    private static void move(Entry entry, Reorders.At from, Block source, Block target) {
        Reorders.once(
                entry.name(),
                new Reorders.At(from.desc(), source, from.offset()),
                new Reorders.At(entry.order(), target, entry.offset()));
    }

    /** Owns descriptors for as long as the session lives. */
    Handles handles() {
        return handles;
    }

    Iterable<Entry> entries() {
        return entries.values();
    }

    Entry entry(String name) {
        return entries.get(name);
    }

    Block weights() {
        return weights;
    }

    /** {@code null} where no moving average is kept. */
    Block ema() {
        return ema;
    }

    /** {@code null} before {@link #pack}. */
    Block gradients() {
        return gradients;
    }

    List<Block> slots() {
        return slots;
    }

    /** The bytes of the trained parameters, at the beginning of each arena. */
    long trainedBytes() {
        return trainedBytes;
    }

    /** Reads a parameter's values, in row-major order, into an arena. */
    void write(Entry entry, Block arena, float[] values) {
        transfer(entry, arena, values, true);
    }

    /** Writes a parameter's values, in row-major order, from an arena. */
    void read(Entry entry, Block arena, float[] values) {
        transfer(entry, arena, values, false);
    }

    private void transfer(Entry entry, Block arena, float[] values, boolean in) {
        Reorders.At own = new Reorders.At(entry.order(), arena, entry.offset());
        if (entry.order().same(entry.plain())) {
            copy(arena, entry.offset(), values, in);
            return;
        }
        try (Block rows = Block.allocate(entry.plain().bytes(), entry.name())) {
            Reorders.At plain = new Reorders.At(entry.plain(), rows, 0);
            if (in) {
                copy(rows, 0, values, true);
                Reorders.once(entry.name(), plain, own);
            } else {
                Reorders.once(entry.name(), own, plain);
                copy(rows, 0, values, false);
            }
        }
    }

    private static void copy(Block block, long offset, float[] values, boolean in) {
        java.nio.FloatBuffer view =
                block.view(offset, (long) values.length * Float.BYTES).asFloatBuffer();
        if (in) {
            view.put(values);
        } else {
            view.get(values);
        }
    }

    @Override
    public void close() {
        slots.forEach(Block::close);
        for (Block block : new Block[] {gradients, ema, weights}) {
            if (block != null) {
                block.close();
            }
        }
        handles.close();
    }
}
