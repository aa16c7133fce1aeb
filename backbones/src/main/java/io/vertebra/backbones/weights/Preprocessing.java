package io.vertebra.backbones.weights;

import java.util.List;

/**
 * What a network wants to be done to an RGB picture: {@code (pixel / 255 − mean) / std}, channel by channel.
 *
 * @param inputSize height and width in pixels
 * @param mean of R, G, B in [0, 1]
 * @param std of R, G, B in [0, 1]
 * @param interpolation of the resize: bilinear or bicubic
 * @param crop share of the resized picture's short side that the centre crop keeps
 */
public record Preprocessing(int inputSize, List<Double> mean, List<Double> std, String interpolation, double crop) {

    /** Checks the numbers. */
    public Preprocessing {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (inputSize < 1 || mean.size() != 3 || std.size() != 3 || std.stream().anyMatch(s -> s <= 0)) {
            throw new IllegalArgumentException(
                    "a preprocessing needs an input size, three means and three positive deviations");
        }
        if (!(crop > 0 && crop <= 1) || !List.of("bilinear", "bicubic").contains(interpolation)) {
            throw new IllegalArgumentException("interpolation must be bilinear or bicubic and crop in (0, 1], are "
                    + interpolation + " and " + crop);
        }
    }
}
