package io.vertebra.datasets.transforms;

import io.vertebra.datasets.Batch;
import java.util.random.RandomGenerator;

/**
 * Replaces a rectangle of every picture by that of another one of the batch; labels are blended by area.
 *
 * <p>The rectangle covers {@code 1 − λ} of the picture, {@code λ ~ Beta(alpha, alpha)}, is centred anywhere and cut at the border; λ is then
 * set to what is left. One rectangle a batch; row i meets row N − 1 − i. Yun et al. 2019, arXiv:1905.04899.
 */
public final class CutMix implements BatchTransform {

    private final Config config;

    /** The transform with these settings. */
    public CutMix(Config config) {
        this.config = config;
    }

    /**
     * The keys of {@code cutmix}.
     *
     * @param alpha of the beta distribution, 1 if left out
     */
    public record Config(Double alpha) {
        public Config {
            alpha = Beta.alpha(alpha, 1.0);
        }
    }

    @Override
    public void apply(Batch batch, RandomGenerator random) {
        double side = Math.sqrt(1 - Beta.draw(config.alpha(), random));
        int height = batch.height();
        int width = batch.width();
        int halfHeight = (int) (height * side) / 2;
        int halfWidth = (int) (width * side) / 2;
        int centreY = random.nextInt(height);
        int centreX = random.nextInt(width);
        int top = Math.max(0, centreY - halfHeight);
        int bottom = Math.min(height, centreY + halfHeight);
        int left = Math.max(0, centreX - halfWidth);
        int right = Math.min(width, centreX + halfWidth);
        float[] input = batch.input();
        int row = input.length / batch.size();
        for (int i = 0; i < batch.size() / 2; i++) {
            for (int plane = 0; plane < batch.channels(); plane++) {
                int a = i * row + plane * height * width;
                int b = (batch.size() - 1 - i) * row + plane * height * width;
                swap(input, a, b, top, bottom, left, right, width);
            }
        }
        Mixup.blendLabels(batch, 1 - (float) (bottom - top) * (right - left) / (height * width));
    }

    private static void swap(float[] x, int a, int b, int top, int bottom, int left, int right, int width) {
        for (int y = top; y < bottom; y++) {
            for (int i = y * width + left; i < y * width + right; i++) {
                float kept = x[a + i];
                x[a + i] = x[b + i];
                x[b + i] = kept;
            }
        }
    }
}
