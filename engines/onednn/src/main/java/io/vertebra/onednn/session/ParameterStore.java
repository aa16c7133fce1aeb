package io.vertebra.onednn.session;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.session.Masters;
import io.vertebra.graph.session.ParameterLayout;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Handles;
import io.vertebra.onednn.natives.Reorders;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.natives.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fp32 masters of all parameters and buffers, and what training keeps beside them, each in one flat arena.
 *
 * <p>All arenas have the order in which gradients are computed: row-major until the first plan that trains has decided it, then that of the
 * weight gradient's primitive, with zeros in its padding. Owns the arenas; confined to the session's lock.
 */
final class ParameterStore implements Masters<Block>, AutoCloseable {
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Handles handles = new Handles();
    private final Graph graph;
    private final Options options;
    private ParameterLayout layout;
    private Block weights;
    private Block average;
    private Block gradients;
    private final List<Block> slots = new ArrayList<>();
    private boolean packed;

    /** With zeros everywhere. */
    ParameterStore(Graph graph, Options options) {
        this.graph = graph;
        this.options = options;
        try {
            for (Node node : graph.nodes()) {
                for (ParameterSpec spec : node.parameters()) {
                    entries.put(spec.name(), new Entry(Desc.of(handles, Type.F32, Tag.PLAIN, extents(node, spec))));
                }
            }
            allocate();
        } catch (RuntimeException | Error e) {
            close(); // nobody else knows it yet
            throw e;
        }
    }

    /** oneDNN wants the groups of a convolution as an axis of their own; the row-major bytes are the same. */
    private static long[] extents(Node node, ParameterSpec spec) {
        int[] e = spec.shape().toArray();
        if (node.op() instanceof Convolution op && op.groups() > 1 && e.length == 4) {
            return new long[] {op.groups(), e[0] / op.groups(), e[1], e[2], e[3]};
        }
        return java.util.Arrays.stream(e).asLongStream().toArray();
    }

    private void allocate() {
        layout = ParameterLayout.of(
                graph, options, spec -> entry(spec.name()).order().bytes(), Block.ALIGNMENT);
        layout.entries().forEach(place -> entry(place.name()).place(place));
        weights = Block.allocate(layout.bytes(), "the model's parameters");
        slots.clear();
        if (options.update() != null) {
            if (options.update().hasEma()) {
                average = Block.allocate(layout.bytes(), "the moving average of the parameters");
            }
            for (String slot : options.update().optimizer().slots()) {
                slots.add(Block.allocate(layout.trainedBytes(), "the optimizer's " + slot));
            }
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
        Block oldAverage = average;
        List<Block> oldSlots = List.copyOf(slots);
        try {
            orders.forEach((name, order) -> entry(name).reorder(order));
            allocate();
            gradients = Block.allocate(layout.trainedBytes(), "the gradients of the parameters");
            for (Entry entry : entries.values()) {
                Reorders.At from = old.get(entry.name());
                move(entry, from, oldWeights, weights);
                if (average != null) {
                    move(entry, from, oldAverage, average);
                }
                for (int i = 0; entry.isTrained() && i < slots.size(); i++) {
                    move(entry, from, oldSlots.get(i), slots.get(i));
                }
            }
        } finally {
            oldWeights.close();
            if (oldAverage != null) {
                oldAverage.close();
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

    @Override
    public ParameterLayout layout() {
        return layout;
    }

    Entry entry(String name) {
        return entries.get(name);
    }

    @Override
    public Block weights() {
        return weights;
    }

    @Override
    public Block average() {
        return average;
    }

    @Override
    public Block gradients() {
        return gradients;
    }

    @Override
    public List<Block> slots() {
        return slots;
    }

    @Override
    public void write(String parameter, Block arena, float[] values) {
        transfer(entry(parameter), arena, values, true);
    }

    @Override
    public void read(String parameter, Block arena, float[] values) {
        transfer(entry(parameter), arena, values, false);
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
        for (Block block : new Block[] {gradients, average, weights}) {
            if (block != null) {
                block.close();
            }
        }
        handles.close();
    }
}
