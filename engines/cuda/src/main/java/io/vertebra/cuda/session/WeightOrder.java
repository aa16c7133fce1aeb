package io.vertebra.cuda.session;

import io.vertebra.cuda.emit.Filters;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/** How the elements of a parameter lie on the card. */
enum WeightOrder {
    /** As on the host. */
    ROW_MAJOR,
    /** A filter (C / groups, R, S) as (R, S, C / groups): maps lie channels last. */
    CHANNELS_LAST,
    /** Filters of one channel (K, 1, R, S) as (R, S, K): a tap of all channels side by side. */
    TAPS;

    /** The orders of all convolutions' weights, by name. */
    static Map<String, WeightOrder> of(Graph graph) {
        Map<String, WeightOrder> orders = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Convolution op) {
                ParameterSpec weight = node.parameters().get(0);
                int channels = weight.shape().get(1) * op.groups();
                orders.put(weight.name(), Filters.areSingle(op, channels) ? TAPS : CHANNELS_LAST);
            }
        }
        return orders;
    }

    /** Copies from the host's order. */
    void arrange(Shape shape, float[] from, FloatBuffer to) {
        if (this == ROW_MAJOR) {
            to.put(0, from);
            return;
        }
        walk(shape, (plain, own) -> to.put(own, from[plain]));
    }

    /** Copies to the host's order. */
    void restore(Shape shape, FloatBuffer from, float[] to) {
        if (this == ROW_MAJOR) {
            from.get(0, to);
            return;
        }
        walk(shape, (plain, own) -> to[plain] = from.get(own));
    }

    private interface Move {
        void element(int plain, int own);
    }

    private void walk(Shape shape, Move move) {
        int filters = shape.get(0);
        int channels = shape.get(1);
        int taps = shape.get(2) * shape.get(3);
        for (int k = 0, plain = 0; k < filters; k++) {
            for (int c = 0; c < channels; c++) {
                for (int tap = 0; tap < taps; tap++, plain++) {
                    move.element(plain, this == TAPS ? tap * filters + k : (k * taps + tap) * channels + c);
                }
            }
        }
    }
}
