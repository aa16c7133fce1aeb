package io.vertebra.graph.reference;

import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.RegionProposer;
import java.util.List;
import java.util.stream.IntStream;

/** Regions by the algorithm of the project, in float; nothing flows back. */
record ProposalsRule(RegionProposals op, Site site) implements Rule {

    @Override
    public double[] forward() {
        List<Size> grids = IntStream.range(RegionProposals.FIRST_LEVEL, site.inputCount())
                .mapToObj(level -> size(site.xShape(level)))
                .toList();
        RegionProposer proposer = RegionProposer.of(op, grids, size(site.xShape(RegionProposals.FIRST_LEVEL - 1)));
        return DoubleTensor.widen(proposer.propose(
                site.floats(0), site.floats(1), site.floats(2), site.xShape(0).n()));
    }

    private static Size size(Shape map) {
        return new Size(map.h(), map.w());
    }

    @Override
    public void backward(double[] dy) {}
}
