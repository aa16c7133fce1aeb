package io.vertebra.graph.op;

import java.util.List;

/**
 * The class of each region: the label of the truth of its picture that it overlaps most, the first of equal ones, if by an
 * IoU of {@code positive} or more, else 0, the background; {@value HardNegativeCrossEntropy#IGNORE} for a region without area.
 *
 * <p>rois (R, 5) of picture number, x1, y1, x2, y2, truths F32 (N, M, 4), labels I32 (N, M), 0 where there is no object →
 * I32 (R). Girshick, Fast R-CNN, arXiv:1504.08083, section 2.3.
 *
 * @param positive least IoU with a truth
 */
public record RegionLabels(double positive) implements Op {

    /** Checks the attributes. */
    public RegionLabels {
        RegionSamples.checkOverlap(positive);
    }

    @Override
    public int arity() {
        return 3;
    }

    @Override
    public DataType type() {
        return DataType.I32;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        RegionSamples.checkTruths(inputs.get(0), inputs.get(1), inputs.get(2));
        return Shape.of(inputs.get(0).n());
    }

    @Override
    public boolean passesGradient(int input) {
        return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.regionLabels(this);
    }
}
