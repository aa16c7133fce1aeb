package io.vertebra.bench;

import static org.bytedeco.dnnl.global.dnnl.dnnl_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;

import io.vertebra.graph.engine.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The sum of a network's raw convolutions, each warm, the fastest way for each shape and pass: no step can be faster than
 * this without faster convolutions.
 */
final class Floor implements Contestant {
    private static final int CHOICE_RUNS = 3;
    private static final List<RawPass.Kind> TRAINING =
            List.of(RawPass.Kind.FORWARD, RawPass.Kind.BACKWARD_DATA, RawPass.Kind.BACKWARD_WEIGHTS);

    private final String name;
    private final int type;
    private final List<Part> parts = new ArrayList<>();

    /** A pass of layers of one shape. */
    private record Part(Layer layer, int times, RawPass.Kind kind, Way way) {}

    Floor(Map<Layer, Integer> layers, boolean training, Precision precision, Clock clock) {
        this.name = "floor " + precision.name().toLowerCase(Locale.ROOT);
        this.type = precision == Precision.BF16 ? dnnl_bf16 : dnnl_f32;
        layers.forEach((layer, times) -> {
            for (RawPass.Kind kind : training ? TRAINING : List.of(RawPass.Kind.INFERENCE)) {
                // nobody needs the gradient of the picture
                if (kind != RawPass.Kind.BACKWARD_DATA || !layer.isStem()) {
                    parts.add(new Part(layer, times, kind, fastest(layer, kind, clock)));
                }
            }
        });
    }

    private Way fastest(Layer layer, RawPass.Kind kind, Clock clock) {
        Way fastest = null;
        double best = Double.MAX_VALUE;
        for (Way way : Way.values()) {
            double time = best(layer, kind, way, clock);
            if (time < best) {
                best = time;
                fastest = way;
            }
        }
        if (fastest == null) {
            throw new IllegalStateException("no fast code for " + layer + ", " + kind);
        }
        return fastest;
    }

    private double best(Layer layer, RawPass.Kind kind, Way way, Clock clock) {
        double best = Double.MAX_VALUE;
        try (RawPass raw = way.of(layer, kind, type)) {
            if (raw != null) {
                raw.run();
                for (int i = 0; i < CHOICE_RUNS; i++) {
                    best = Math.min(best, time(raw, clock));
                }
            }
        }
        return best;
    }

    private static double time(RawPass raw, Clock clock) {
        long start = clock.now();
        raw.run();
        return (clock.now() - start) * 1e-9;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run() {
        // warm-up happens part by part in seconds()
    }

    @Override
    public double seconds(Clock clock) {
        double sum = 0;
        for (Part part : parts) {
            try (RawPass raw = part.way().of(part.layer(), part.kind(), type)) {
                raw.run();
                sum += part.times() * time(raw, clock);
            }
        }
        return sum;
    }
}
