package io.vertebra.onednn.session;

import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.engine.UpdateFormulas;
import io.vertebra.graph.session.ParameterLayout;
import io.vertebra.onednn.kernel.UpdateKernels;
import io.vertebra.onednn.natives.Block;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves the weights of a store: mean over micro-batches, clipping by the global norm, the optimizer's rule, the moving
 * average; each a pass over the flat arenas, in a fixed order.
 */
final class Updater implements AutoCloseable {
    /** Views are addressed by int. */
    private static final long LARGEST_VIEW = 1L << 30;

    private final Update update;
    private final ParameterStore store;
    private final UpdateKernels kernels = UpdateKernels.choose();
    private final List<Segment> segments = new ArrayList<>();
    private final List<ByteBuffer[]> averages = new ArrayList<>();
    private Block sums;

    /** A run of parameters of one group. */
    private final class Segment {
        private final Groups.Group group;
        private final long from;
        private final int length;
        private final ByteBuffer weights;
        private final ByteBuffer gradients;
        private final ByteBuffer[] slots;
        private ByteBuffer sum;

        private Segment(Groups.Group group, long from, int length) {
            this.group = group;
            this.from = from;
            this.length = length;
            this.weights = store.weights().view(from, length);
            this.gradients = store.gradients().view(from, length);
            this.slots = store.slots().stream().map(s -> s.view(from, length)).toArray(ByteBuffer[]::new);
        }
    }

    /** For a packed store. */
    Updater(Update update, ParameterStore store) {
        this.update = update;
        this.store = store;
        for (ParameterLayout.Segment segment : store.layout().segments(LARGEST_VIEW)) {
            segments.add(new Segment(segment.group(), segment.offset(), (int) segment.bytes()));
        }
        if (update.hasEma()) {
            for (long at = 0; at < store.weights().bytes(); at += LARGEST_VIEW) {
                long length = Math.min(LARGEST_VIEW, store.weights().bytes() - at);
                averages.add(new ByteBuffer[] {
                    store.average().view(at, length), store.weights().view(at, length)
                });
            }
        }
    }

    /** Makes room for sums where such a step needs them. */
    void prepare(Scalars scalars) {
        if (sums == null && !scalars.isSingle()) {
            sums = Block.allocate(store.layout().trainedBytes(), "the sum of gradients over micro-batches");
            segments.forEach(s -> s.sum = sums.view(s.from, s.length));
        }
    }

    /** Takes the gradients of one micro-batch, and applies their mean if the scalars say so; {@link #prepare} came before. */
    void step(Scalars scalars) {
        if (!scalars.isSingle()) {
            accumulate(scalars.microBatch() == 0);
        }
        if (scalars.apply()) {
            apply(scalars, !scalars.isSingle());
        }
    }

    private void accumulate(boolean first) {
        if (first) {
            sums.copyFrom(store.gradients(), store.layout().trainedBytes());
            return;
        }
        for (Segment s : segments) {
            kernels.add(s.sum, s.gradients, 0, s.length);
        }
    }

    private void apply(Scalars scalars, boolean fromSums) {
        double mean = 1.0 / (scalars.microBatch() + 1);
        double scale = mean;
        if (update.clipNorm() > 0) {
            double squares = 0;
            for (Segment s : segments) {
                squares += kernels.squares(fromSums ? s.sum : s.gradients, 0, s.length);
            }
            scale *= UpdateFormulas.clipFactor(Math.sqrt(squares) * mean, update.clipNorm());
        }
        for (int i = 0; i < segments.size(); i++) { // without an iterator, which would be garbage in each step
            Segment s = segments.get(i);
            rule(s, fromSums ? s.sum : s.gradients, scale, scalars);
        }
        for (int i = 0; i < averages.size(); i++) {
            ByteBuffer[] pair = averages.get(i);
            kernels.ema(pair[0], pair[1], 0, pair[0].capacity(), update.emaDecay());
        }
    }

    private void rule(Segment s, ByteBuffer gradient, double scale, Scalars scalars) {
        double rate = scalars.learningRate() * s.group.rateFactor();
        double decay = s.group.decay();
        if (update.optimizer() instanceof Optimizer.Sgd sgd) {
            ByteBuffer momentum = s.slots.length > 0 ? s.slots[0] : null;
            kernels.sgd(s.weights, gradient, momentum, 0, s.length, UpdateKernels.SgdStep.of(sgd, scale, rate, decay));
        } else if (update.optimizer() instanceof Optimizer.AdamW adamW) {
            UpdateKernels.AdamWStep step = UpdateKernels.AdamWStep.of(adamW, scale, rate, decay, scalars.step());
            kernels.adamW(s.weights, gradient, s.slots[0], s.slots[1], 0, s.length, step);
        }
    }

    /** The name of the code. */
    String implementation() {
        return "java:" + kernels.getClass().getSimpleName();
    }

    /** Bytes held beside the store. */
    long bytes() {
        return sums == null ? 0 : sums.bytes();
    }

    @Override
    public void close() {
        if (sums != null) {
            sums.close();
        }
    }
}
