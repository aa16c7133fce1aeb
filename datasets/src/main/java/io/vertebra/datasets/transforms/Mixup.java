package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Batch;
import java.util.random.RandomGenerator;

/**
 * Blends every picture and its label with another one of the batch: {@code x' = λ x + (1 − λ) x̃}, {@code λ ~ Beta(alpha, alpha)}.
 *
 * <p>One λ a batch; row i meets row N − 1 − i. Zhang et al. 2017, arXiv:1710.09412.
 */
public final class Mixup implements BatchTransform {

    private final Config config;

    /** The transform with these settings. */
    public Mixup(Config config) {
        this.config = config;
    }

    /**
     * The keys of {@code mixup}.
     *
     * @param alpha of the beta distribution, 0.2 if left out; larger blends more
     */
    public record Config(Double alpha) {
        public Config {
            alpha = Beta.alpha(alpha, 0.2);
        }
    }

    @Override
    public void apply(Batch batch, RandomGenerator random) {
        float weight = (float) Beta.draw(config.alpha(), random);
        blend(batch.input(), batch.size(), weight);
        blendLabels(batch, weight);
    }

    static void blendLabels(Batch batch, float weight) {
        blend(batch.softLabels().orElseThrow(), batch.size(), weight);
    }

    private static void blend(float[] rows, int count, float weight) {
        int length = rows.length / count;
        for (int i = 0; i < count / 2; i++) {
            int a = i * length;
            int b = (count - 1 - i) * length;
            for (int k = 0; k < length; k++, a++, b++) {
                float x = rows[a];
                float y = rows[b];
                rows[a] = weight * x + (1 - weight) * y;
                rows[b] = weight * y + (1 - weight) * x;
            }
        }
    }
}
