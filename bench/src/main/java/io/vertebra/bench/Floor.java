package io.vertebra.bench;

import static org.bytedeco.dnnl.global.dnnl.dnnl_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_f32;
import static org.bytedeco.dnnl.global.dnnl.dnnl_nChw16c;
import static org.bytedeco.dnnl.global.dnnl.dnnl_nhwc;

import io.vertebra.bench.RawConvolution.Pass;
import io.vertebra.graph.engine.Precision;
import java.util.List;
import java.util.Map;

/**
 * The sum of a network's raw convolution primitives, each warm, the faster of two layouts a shape: no step can be faster
 * than this without faster primitives.
 */
final class Floor implements Contestant {
    private static final int CHOICE_RUNS = 3;

    private final String name;
    private final Map<Layer, Integer> layers;
    private final List<Pass> passes;
    private final int type;
    private final Clock clock;
    private final Map<String, Integer> fasterLayout = new java.util.HashMap<>();

    Floor(Map<Layer, Integer> layers, boolean training, Precision precision, Clock clock) throws Exception {
        this.name = "floor " + precision.name().toLowerCase(java.util.Locale.ROOT);
        this.layers = layers;
        this.passes =
                training ? List.of(Pass.FORWARD, Pass.BACKWARD_DATA, Pass.BACKWARD_WEIGHTS) : List.of(Pass.INFERENCE);
        this.type = precision == Precision.BF16 ? dnnl_bf16 : dnnl_f32;
        this.clock = clock;
        for (Layer layer : layers.keySet()) {
            for (Pass pass : passes) {
                if (!isLeftOut(layer, pass)) {
                    double rows = best(layer, pass, dnnl_nhwc);
                    double blocks = best(layer, pass, dnnl_nChw16c);
                    fasterLayout.put(pass + " " + layer, rows < blocks ? dnnl_nhwc : dnnl_nChw16c);
                }
            }
        }
    }

    /** Nobody needs the gradient of the picture. */
    private static boolean isLeftOut(Layer layer, Pass pass) {
        return pass == Pass.BACKWARD_DATA && layer.isStem();
    }

    private double best(Layer layer, Pass pass, int layout) {
        try (RawConvolution raw = new RawConvolution(layer, pass, type, layout)) {
            raw.run();
            double best = Double.MAX_VALUE;
            for (int i = 0; i < CHOICE_RUNS; i++) {
                best = Math.min(best, time(raw, clock));
            }
            return best;
        }
    }

    private static double time(RawConvolution raw, Clock clock) {
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
        // warm-up happens primitive by primitive in seconds()
    }

    @Override
    public double seconds(Clock clock) {
        double sum = 0;
        for (Map.Entry<Layer, Integer> entry : layers.entrySet()) {
            for (Pass pass : passes) {
                Layer layer = entry.getKey();
                if (!isLeftOut(layer, pass)) {
                    try (RawConvolution raw =
                            new RawConvolution(layer, pass, type, fasterLayout.get(pass + " " + layer))) {
                        raw.run();
                        raw.run();
                        sum += entry.getValue() * time(raw, clock);
                    }
                }
            }
        }
        return sum;
    }
}
