package io.vertebra.dl4j;

import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.region.BoxLosses;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Smooth L1 distance of each region's four encodings for its class, by a loop in Java in float64 whatever the type. */
record RegionSmoothL1Kernel(RegionSmoothL1 op) implements Kernel {
    private static final int SIDES = 4;

    /** What is done with a number of the encodings and its distance from its target. */
    @FunctionalInterface
    private interface Work {
        void at(int place, double distance);
    }

    @Override
    public INDArray forward(Frame frame) {
        double[] sum = new double[1];
        double share = each(frame, (place, distance) -> sum[0] += BoxLosses.smoothL1(distance, op.beta()));
        INDArray y = frame.newOutput();
        Host.put(y, new double[] {sum[0] * share});
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        double[] gradient = new double[Math.toIntExact(frame.x(0).length())];
        double share = each(frame, (place, distance) -> gradient[place] = BoxLosses.smoothL1Slope(distance, op.beta()));
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] *= share * Host.first(dy);
        }
        Host.put(frame.newGradient(0), gradient);
    }

    /** Gives one over the regions that count. */
    private static double each(Frame frame, Work work) {
        double[] encodings = Host.wide(frame.x(0));
        double[] targets = Host.wide(frame.x(1));
        int[] labels = Host.ints(frame.x(2));
        int columns = Math.toIntExact(frame.x(0).size(1));
        int counting = 0;
        for (int r = 0; r < labels.length; r++) {
            counting += labels[r] == HardNegativeCrossEntropy.IGNORE ? 0 : 1;
            for (int side = 0; side < SIDES && labels[r] > 0 && labels[r] < columns / SIDES; side++) {
                int place = r * columns + SIDES * labels[r] + side;
                work.at(place, encodings[place] - targets[SIDES * r + side]);
            }
        }
        frame.ranInJava();
        return 1.0 / Math.max(1, counting);
    }
}
