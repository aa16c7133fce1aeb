package io.vertebra.backbones.weights;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The filters of RGB pictures for pictures of other channels, as timm makes them: for one channel the sum over the three; for n
 * the three again and again, scaled by 3 / n, so that equal channels give what gray RGB gave.
 */
final class InputChannels {
    private static final int RGB = 3;
    private static final int CHANNELS = 1;
    private static final int RANK = 4;

    private InputChannels() {}

    /** The weight that reads the picture among those of a model in state-dict order: that of the first convolution. */
    static Optional<String> stem(Map<String, int[]> wanted) {
        return wanted.entrySet().stream()
                .filter(e -> e.getValue().length == RANK)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Whether filters of the file's shape are for RGB, and those wanted the same for other pictures. */
    static boolean areAdaptable(List<Integer> inFile, List<Integer> wanted) {
        return inFile.size() == RANK
                && wanted.size() == RANK
                && inFile.get(CHANNELS) == RGB
                && wanted.get(CHANNELS) != RGB
                && inFile.get(0).equals(wanted.get(0))
                && inFile.subList(2, RANK).equals(wanted.subList(2, RANK));
    }

    /** Fills filters of n channels from those of RGB. */
    static void adapt(float[] rgb, List<Integer> inFile, float[] filters) {
        int outputs = inFile.get(0);
        int taps = inFile.get(2) * inFile.get(RANK - 1);
        int channels = filters.length / (outputs * taps);
        float scale = (float) ((double) RGB / channels);
        for (int o = 0; o < outputs; o++) {
            for (int c = 0; c < channels; c++) {
                for (int t = 0; t < taps; t++) {
                    int from = o * RGB * taps + t;
                    filters[(o * channels + c) * taps + t] = channels == 1
                            ? rgb[from] + rgb[from + taps] + rgb[from + 2 * taps]
                            : scale * rgb[from + c % RGB * taps];
                }
            }
        }
    }
}
