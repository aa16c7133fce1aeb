package io.vertebra.datasets.formats;

import io.vertebra.datasets.formats.Canvas.Paint;
import java.util.random.RandomGenerator;

/** Random colours and the textures made of them. */
final class Paints {

    private static final int TRIES = 32;

    private Paints() {}

    static float[] colour(RandomGenerator random) {
        return new float[] {random.nextFloat(), random.nextFloat(), random.nextFloat()};
    }

    /** A colour that can be told from another one. */
    static float[] colourUnlike(RandomGenerator random, float least, float... other) {
        float[] best = colour(random);
        for (int i = 0; i < TRIES && distance(best, other) < least; i++) {
            float[] next = colour(random);
            best = distance(next, other) > distance(best, other) ? next : best;
        }
        return best;
    }

    private static float distance(float[] a, float... b) {
        float sum = 0;
        for (int c = 0; c < 3; c++) {
            sum += (a[c] - b[c]) * (a[c] - b[c]);
        }
        return (float) Math.sqrt(sum);
    }

    /** A run of shades around a colour, with one of four textures: none, stripes, checks, clouds. */
    static Paint textured(float[] colour, float strength, int size, RandomGenerator random) {
        double angle = random.nextDouble() * 2 * Math.PI;
        float slopeX = (float) StrictMath.cos(angle) / size;
        float slopeY = (float) StrictMath.sin(angle) / size;
        float shade = strength * random.nextFloat();
        float contrast = strength * (0.3f + 0.7f * random.nextFloat());
        int period = 3 + random.nextInt(Math.max(1, size / 6));
        int texture = random.nextInt(4);
        float[] clouds = texture == 3 ? clouds(size, period + 2, random) : new float[0];
        return (y, x, c) -> {
            float along = slopeX * (x - size / 2f) + slopeY * (y - size / 2f);
            float value = colour[c] + shade * along;
            return switch (texture) {
                case 1 ->
                    value
                            + contrast
                                    * (Math.floorMod((int) Math.floor(along * size), period) * 2 < period
                                            ? 0.5f
                                            : -0.5f);
                case 2 -> value + contrast * ((x / period + y / period) % 2 == 0 ? 0.5f : -0.5f);
                case 3 -> value + contrast * clouds[y * size + x];
                default -> value;
            };
        };
    }

    /** Smooth noise in [-0.5, 0.5]: random numbers on a grid, bilinear between them. */
    private static float[] clouds(int size, int cell, RandomGenerator random) {
        int side = size / cell + 2;
        float[] grid = new float[side * side];
        for (int i = 0; i < grid.length; i++) {
            grid[i] = random.nextFloat() - 0.5f;
        }
        float[] out = new float[size * size];
        for (int y = 0; y < size; y++) {
            int gy = y / cell;
            float fy = (float) (y % cell) / cell;
            for (int x = 0; x < size; x++) {
                int at = gy * side + x / cell;
                float fx = (float) (x % cell) / cell;
                float upper = grid[at] + fx * (grid[at + 1] - grid[at]);
                float lower = grid[at + side] + fx * (grid[at + side + 1] - grid[at + side]);
                out[y * size + x] = upper + fy * (lower - upper);
            }
        }
        return out;
    }
}
