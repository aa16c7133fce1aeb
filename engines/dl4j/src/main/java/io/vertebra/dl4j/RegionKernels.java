package io.vertebra.dl4j;

import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.RegionDrawer;
import io.vertebra.graph.region.RegionMatcher;
import io.vertebra.graph.region.RegionProposer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Regions between the stages of a detector, in Java: the algorithms of all engines, which read floats whatever the type. */
final class RegionKernels {
    private RegionKernels() {}

    /** Nothing that goes in gets a gradient. */
    @FunctionalInterface
    private interface WithoutGradient extends Kernel {
        @Override
        default void backward(Frame frame, INDArray dy) {
            // nothing to write
        }
    }

    static Kernel proposals(RegionProposals op) {
        return (WithoutGradient) frame -> {
            List<Size> grids = new ArrayList<>();
            for (int input = RegionProposals.FIRST_LEVEL; input < frame.inputCount(); input++) {
                grids.add(side(frame.xShape(input)));
            }
            RegionProposer proposer = RegionProposer.of(op, grids, side(frame.xShape(op.sizedBy())));
            int pictures = frame.xShape(0).n();
            return floats(
                    frame,
                    proposer.propose(
                            Host.floats(frame.x(0)), Host.floats(frame.x(1)), Host.floats(frame.x(2)), pictures));
        };
    }

    private static Size side(Shape map) {
        return new Size(map.h(), map.w());
    }

    static Kernel samples(RegionSamples op) {
        return (WithoutGradient) frame -> {
            Given given = Given.of(frame);
            long key = frame.pass().key(frame.node());
            return floats(frame, RegionDrawer.draw(op, given.rois, given.truths, given.labels, given.pictures, key));
        };
    }

    static Kernel labels(RegionLabels op) {
        return (WithoutGradient) frame -> {
            Given given = Given.of(frame);
            INDArray y = frame.newOutput();
            Host.put(y, RegionMatcher.labels(op, given.rois, given.truths, given.labels, given.pictures));
            frame.ranInJava();
            return y;
        };
    }

    static Kernel targets(RegionTargets op) {
        return (WithoutGradient) frame -> {
            Given given = Given.of(frame);
            return floats(frame, RegionMatcher.targets(op, given.rois, given.truths, given.labels, given.pictures));
        };
    }

    private static INDArray floats(Frame frame, float[] values) {
        INDArray y = frame.newOutput();
        Host.put(y, values);
        frame.ranInJava();
        return y;
    }

    /** Regions, and the objects of the pictures that they lie on. */
    @SuppressWarnings("ArrayRecordComponent") // handed on at once, compared by no one
    private record Given(float[] rois, float[] truths, int[] labels, int pictures) {
        static Given of(Frame frame) {
            return new Given(
                    Host.floats(frame.x(0)),
                    Host.floats(frame.x(1)),
                    Host.ints(frame.x(2)),
                    frame.xShape(1).n());
        }
    }
}
