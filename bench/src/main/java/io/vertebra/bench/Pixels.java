package io.vertebra.bench;

/** The same made-up picture for everyone. */
final class Pixels {
    private Pixels() {}

    static float[] of(int elements) {
        float[] pixels = new float[elements];
        for (int i = 0; i < elements; i++) {
            pixels[i] = (i % 255) / 255f;
        }
        return pixels;
    }

    static int[] labels(int batch) {
        int[] labels = new int[batch];
        for (int i = 0; i < batch; i++) {
            labels[i] = i * 37 % 1000;
        }
        return labels;
    }
}
