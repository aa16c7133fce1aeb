package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;

/**
 * The level of a pyramid from which a region is cut, by its size.
 *
 * <p>{@code ⌊canonicalLevel + log₂(√area / canonicalSide) + 1e-6⌋}, not below {@code least} or above {@code most}. FPN,
 * arXiv:1612.03144, equation 1, with torchvision's small addition, which sends a region of just the canonical size up.
 *
 * @param least the lowest level, log₂ of its stride
 * @param most the highest level
 * @param canonicalSide side of a region, in pixels, that belongs to the canonical level
 * @param canonicalLevel that level
 */
public record RoiLevels(int least, int most, double canonicalSide, int canonicalLevel) {

    private static final double EPSILON = 1e-6;

    /** Checks the numbers. */
    public RoiLevels {
        Check.that(least <= most, "least", "is %d, must not be above most, %d", least, most);
        Door.positive("canonical_side", canonicalSide);
    }

    /** FPN's: a region of 224 pixels belongs to level 4. */
    public static RoiLevels of(int least, int most) {
        return new RoiLevels(least, most, 224, 4);
    }

    /** Boxes (n, 4) → (n), counted from the lowest level as 0. */
    public int[] levels(float[] boxes) {
        int[] levels = new int[Door.boxes("boxes", boxes)];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = level(Boxes.width(boxes, i), Boxes.height(boxes, i));
        }
        return levels;
    }

    /** The level of a box of these sides, counted from the lowest level as 0. */
    public int level(float width, float height) {
        double side = Math.sqrt(width * height);
        double level = Math.floor(canonicalLevel + Math.log(side / canonicalSide) / Math.log(2) + EPSILON);
        return (int) Math.min(Math.max(level, least), most) - least;
    }

    /** The least area, width times height in float, of a box of this level or a higher one; levels are counted from 1 on. */
    public float leastArea(int level) {
        Check.that(level >= 1 && level <= most - least, "level", "is %d, must be 1 to %d", level, most - least);
        int below = 0; // bits of floats that are not negative are in their order
        int reached = Float.floatToIntBits(Float.POSITIVE_INFINITY);
        while (reached - below > 1) {
            int middle = (below + reached) >>> 1;
            if (level(Float.intBitsToFloat(middle), 1) >= level) {
                reached = middle;
            } else {
                below = middle;
            }
        }
        return Float.intBitsToFloat(reached);
    }
}
