package io.vertebra.onednn.session;

import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.session.Versions;
import io.vertebra.onednn.emit.Operand;
import io.vertebra.onednn.emit.Place;
import io.vertebra.onednn.emit.Weights;
import io.vertebra.onednn.kernel.FoldKernels;
import io.vertebra.onednn.kernel.MergedGroups;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Handles;
import io.vertebra.onednn.natives.Primitive;
import io.vertebra.onednn.natives.Reorders;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.natives.Type;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The weights for one plan under construction: masters where they fit, else copies, which it collects. */
final class PlanWeights implements Weights {
    private final ParameterStore store;
    private final Copies copies;
    private final Versions versions;
    private final Session.Weights source;
    private final Set<Copy> used = new LinkedHashSet<>();
    private final Map<String, Desc> decided = new LinkedHashMap<>();

    PlanWeights(ParameterStore store, Copies copies, Versions versions, Session.Weights source) {
        this.store = store;
        this.copies = copies;
        this.versions = versions;
        this.source = source;
    }

    /** The copies that the plan reads. */
    Set<Copy> used() {
        return used;
    }

    /** The orders that it has decided. */
    Map<String, Desc> decided() {
        return decided;
    }

    private Block masters() {
        return source == Session.Weights.EMA ? store.average() : store.weights();
    }

    private record In(Supplier<Block> arena, Entry entry) implements Place {
        @Override
        public Block block() {
            return arena.get();
        }

        @Override
        public long offset() {
            return entry.offset();
        }
    }

    private Place master(String name) {
        return new In(this::masters, store.entry(name));
    }

    private Desc order(String name) {
        return decided.getOrDefault(name, store.entry(name).order());
    }

    @Override
    public Operand vector(String name) {
        return Operand.at(master(name), store.entry(name).plain());
    }

    @Override
    public int[] indices(String name) {
        ParameterSpec spec = store.layout().entry(name).spec();
        float[] values = new float[Math.toIntExact(spec.shape().elements())];
        store.read(name, store.weights(), values); // not the average, which is rounded
        return spec.indices(values);
    }

    @Override
    public Operand weight(String name, Desc wanted) {
        if (order(name).same(wanted)) {
            if (!store.isPacked()) {
                decided.putIfAbsent(name, store.entry(name).order()); // nobody may move it any more
            }
            return Operand.at(master(name), order(name));
        }
        Entry entry = store.entry(name);
        return copy(name, wanted, new CopyMaker(entry) {
            @Override
            public Runnable make(Copy copy) {
                Reorders.At to = new Reorders.At(copy.desc(), copy.block(), 0);
                return Reorders.make(copies.handles(), name, at(entry), to)::run;
            }
        });
    }

    private Reorders.At at(Entry entry) {
        return new Reorders.At(entry.order(), masters(), entry.offset());
    }

    @Override
    public Operand mergedWeight(String name, MergedGroups merged, Desc wanted) {
        Entry entry = store.entry(name);
        return copy(name, wanted, new CopyMaker(entry) {
            @Override
            public Runnable make(Copy copy) {
                Desc wide = Desc.of(copies.handles(), Type.F32, Tag.PLAIN, merged.extents());
                Reorders.At rows = new Reorders.At(
                        entry.plain(), copies.scratch(entry.plain().bytes(), name), 0);
                Reorders.At wideRows = new Reorders.At(wide, copies.scratch(wide.bytes(), name), 0);
                Reorders.At to = new Reorders.At(copy.desc(), copy.block(), 0);
                Primitive before = Reorders.make(copies.handles(), name, at(entry), rows);
                Primitive after = Reorders.make(copies.handles(), name, wideRows, to);
                ByteBuffer plain = rows.block().view(0, entry.plain().bytes());
                ByteBuffer spread = wideRows.block().view(0, wide.bytes());
                return () -> {
                    before.run();
                    merged.spread(plain, spread);
                    after.run();
                };
            }
        });
    }

    @Override
    public Operand foldedWeight(Node convolution, Node norm, MergedGroups merged, Desc wanted) {
        Entry weight = store.entry(convolution.parameter("weight"));
        Convolution op = (Convolution) convolution.op();
        return copy(weight.name() + " x " + norm.scope(), wanted, new FoldMaker(convolution, norm) {
            @Override
            public Runnable make(Copy copy) {
                // a plain fp32 image of the weight for as long as the copy lives would double the memory
                return () -> {
                    try (Block rows = Block.allocate(weight.plain().bytes(), weight.name())) {
                        Reorders.At plain = new Reorders.At(weight.plain(), rows, 0);
                        Reorders.once(weight.name(), at(weight), plain);
                        int each = Math.toIntExact(weight.elements() / op.out());
                        ByteBuffer view = rows.view(0, weight.plain().bytes());
                        FoldKernels.weights(view, op.out(), each, line(norm));
                        if (merged == null) {
                            Reorders.once(weight.name(), plain, new Reorders.At(copy.desc(), copy.block(), 0));
                        } else {
                            spreadOnce(copy, weight.name(), merged, view);
                        }
                    }
                };
            }
        });
    }

    private static void spreadOnce(Copy copy, String name, MergedGroups merged, ByteBuffer plain) {
        try (Handles handles = new Handles()) {
            Desc wide = Desc.of(handles, Type.F32, Tag.PLAIN, merged.extents());
            try (Block rows = Block.allocate(wide.bytes(), name)) {
                merged.spread(plain, rows.view(0, wide.bytes()));
                Reorders.once(name, new Reorders.At(wide, rows, 0), new Reorders.At(copy.desc(), copy.block(), 0));
            }
        }
    }

    @Override
    public Operand foldedBias(Node convolution, Node norm) {
        Convolution op = (Convolution) convolution.op();
        Desc wanted = Desc.of(store.handles(), Type.F32, Tag.PLAIN, op.out());
        return copy(convolution.parameter("bias") + " x " + norm.scope(), wanted, new FoldMaker(convolution, norm) {
            @Override
            public Runnable make(Copy copy) {
                ByteBuffer target = copy.block().view(0, copy.desc().bytes());
                ByteBuffer bias = op.bias() ? view(convolution.parameter("bias")) : null;
                return () -> FoldKernels.bias(target, op.out(), bias, line(norm));
            }
        });
    }

    /** What a norm with running statistics, or a layer scale, does to each channel. */
    private FoldKernels.Line line(Node norm) {
        String scale = norm.parameters().get(0).name();
        if (!(norm.op() instanceof BatchNorm op)) {
            return FoldKernels.Line.of(view(scale));
        }
        return new FoldKernels.Line(
                view(scale),
                view(norm.parameter("bias")),
                view(norm.parameter("running_mean")),
                view(norm.parameter("running_var")),
                op.epsilon());
    }

    private ByteBuffer view(String parameter) {
        Entry entry = store.entry(parameter);
        return masters().view(entry.offset(), entry.order().bytes());
    }

    private Operand copy(String key, Desc wanted, Copy.Maker maker) {
        Copy copy = copies.get(source + " " + key, wanted, maker);
        used.add(copy);
        return Operand.at(copy, copy.desc());
    }

    @Override
    public Desc masterOrder(String name) {
        return store.isPacked() ? store.entry(name).order() : decided.get(name);
    }

    @Override
    public void decideOrder(String name, Desc order) {
        decided.put(name, order.copy(store.handles()));
    }

    @Override
    public Operand gradient(String name) {
        return Operand.at(new In(store::gradients, store.entry(name)), order(name));
    }

    /** What a copy of one parameter depends on. */
    private abstract class CopyMaker implements Copy.Maker {
        private final Entry entry;

        CopyMaker(Entry entry) {
            this.entry = entry;
        }

        @Override
        public long version() {
            return versions.of(entry.isTrained() || source == Session.Weights.EMA, false);
        }
    }

    /** What folded copies depend on. */
    private abstract class FoldMaker implements Copy.Maker {
        private final boolean movesStatistics;
        private final boolean trained;

        FoldMaker(Node convolution, Node norm) {
            this.movesStatistics = norm.op() instanceof BatchNorm op && !op.frozen();
            this.trained = store.entry(convolution.parameter("weight")).isTrained()
                    || norm.parameters().stream()
                            .anyMatch(p -> store.entry(p.name()).isTrained())
                    || convolution.parameters().stream()
                            .anyMatch(p -> store.entry(p.name()).isTrained());
        }

        @Override
        public long version() {
            boolean average = source == Session.Weights.EMA;
            return versions.of(trained || average, movesStatistics && !average);
        }
    }
}
