package io.vertebra.graph.op;

import java.util.List;

/**
 * The code of each region's truth relative to the region, by {@link io.vertebra.graph.region.BoxCoder}, tx, ty, tw, th;
 * zeros for regions that {@link RegionLabels} gives no class.
 *
 * <p>rois (R, 5) of picture number, x1, y1, x2, y2, truths F32 (N, M, 4), labels I32 (N, M), 0 where there is no object →
 * (R, 4); nothing gets a gradient. Girshick et al., R-CNN, arXiv:1311.2524, appendix C.
 *
 * @param positive least IoU with a truth
 * @param weights of tx, ty, tw, th
 */
public record RegionTargets(double positive, List<Double> weights) implements Op {

    /** Checks the attributes. */
    public RegionTargets {
        RegionSamples.checkOverlap(positive);
        weights = List.copyOf(weights);
        Check.that(weights.size() == 4, "weights", "must be 4, are %d", weights.size());
        for (double weight : weights) {
            Check.that(weight > 0 && Double.isFinite(weight), "weights", "must be above 0, has %s", weight);
        }
    }

    @Override
    public int arity() {
        return 3;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        RegionSamples.checkTruths(inputs.get(0), inputs.get(1), inputs.get(2));
        return Shape.of(inputs.get(0).n(), 4);
    }

    @Override
    public boolean passesGradient(int input) {
        return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.regionTargets(this);
    }
}
