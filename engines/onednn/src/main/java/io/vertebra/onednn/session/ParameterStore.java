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
    private final Allocator allocator;
    private Arenas arenas;

    /** Where memory comes from. */
    interface Allocator {
        Block allocate(long bytes, String what);
    }

    /** All arenas of one layout. */
    private final class Arenas implements AutoCloseable {
        private final ParameterLayout layout;
        private final List<Block> all = new ArrayList<>();
        private final List<Block> slots = new ArrayList<>();
        private final Block weights;
        private final Block average;
        private final Block gradients;

        private Arenas(Map<String, Desc> orders, boolean withGradients) {
            layout = ParameterLayout.of(
                    graph, options, spec -> orders.get(spec.name()).bytes(), Block.ALIGNMENT);
            try {
                weights = allocate(layout.bytes(), "the model's parameters");
                boolean hasAverage =
                        options.update() != null && options.update().hasEma();
                average = hasAverage ? allocate(layout.bytes(), "the moving average of the parameters") : null;
                if (options.update() != null) {
                    for (String slot : options.update().optimizer().slots()) {
                        slots.add(allocate(layout.trainedBytes(), "the optimizer's " + slot));
                    }
                }
                gradients = withGradients ? allocate(layout.trainedBytes(), "the gradients of the parameters") : null;
            } catch (RuntimeException | Error e) {
                close(); // nobody else knows them yet
                throw e;
            }
        }

        private Block allocate(long bytes, String what) {
            Block block = allocator.allocate(bytes, what);
            all.add(block);
            return block;
        }

        @Override
        public void close() {
            all.forEach(Block::close);
        }
    }

    /** With zeros everywhere. */
    ParameterStore(Graph graph, Options options) {
        this(graph, options, Block::allocate);
    }

    /** In memory from elsewhere. */
    ParameterStore(Graph graph, Options options, Allocator allocator) {
        this.graph = graph;
        this.options = options;
        this.allocator = allocator;
        try {
            for (Node node : graph.nodes()) {
                for (ParameterSpec spec : node.parameters()) {
                    entries.computeIfAbsent(
                            spec.name(), name -> new Entry(Desc.of(handles, Type.F32, Tag.PLAIN, extents(node, spec))));
                }
            }
            take(new Arenas(orders(Map.of()), false), Map.of());
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

    /** The orders of all: those wanted, else those that they have. */
    private Map<String, Desc> orders(Map<String, Desc> wanted) {
        Map<String, Desc> orders = new LinkedHashMap<>();
        entries.forEach((name, entry) -> orders.put(name, wanted.getOrDefault(name, entry.order())));
        return orders;
    }

    private void take(Arenas taken, Map<String, Desc> orders) {
        arenas = taken;
        orders.forEach((name, order) -> entry(name).reorder(order));
        taken.layout.entries().forEach(place -> entry(place.name()).place(place));
    }

    /** Whether the order of the arenas is decided. */
    boolean isPacked() {
        return arenas.gradients != null;
    }

    /**
     * Moves everything to the orders that the first plan that trains wants, and makes room for gradients. If it fails,
     * everything is where it was.
     */
    void pack(Map<String, Desc> wanted) {
        Map<String, Desc> orders = orders(wanted);
        Arenas old = arenas;
        Arenas made = new Arenas(orders, true);
        try {
            for (ParameterLayout.Entry place : made.layout.entries()) {
                Entry entry = entry(place.name());
                Desc order = orders.get(place.name());
                move(entry, old.weights, order, made.weights, place);
                if (made.average != null) {
                    move(entry, old.average, order, made.average, place);
                }
                for (int i = 0; place.isTrained() && i < made.slots.size(); i++) {
                    move(entry, old.slots.get(i), order, made.slots.get(i), place);
                }
            }
        } catch (RuntimeException | Error e) {
            made.close();
            throw e;
        }
        take(made, orders);
        old.close();
    }

    private static void move(Entry entry, Block source, Desc order, Block target, ParameterLayout.Entry place) {
        Reorders.once(
                place.name(),
                new Reorders.At(entry.order(), source, entry.offset()),
                new Reorders.At(order, target, place.offset()));
    }

    /** Owns descriptors for as long as the session lives. */
    Handles handles() {
        return handles;
    }

    @Override
    public ParameterLayout layout() {
        return arenas.layout;
    }

    Entry entry(String name) {
        return entries.get(name);
    }

    @Override
    public Block weights() {
        return arenas.weights;
    }

    @Override
    public Block average() {
        return arenas.average;
    }

    @Override
    public Block gradients() {
        return arenas.gradients;
    }

    @Override
    public List<Block> slots() {
        return arenas.slots;
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
        if (arenas != null) {
            arenas.close();
        }
        handles.close();
    }
}
