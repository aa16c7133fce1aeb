package io.vertebra.dl4j;

import io.vertebra.graph.op.ChannelShuffle;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Channels of several groups dealt out in turn: a transposition of (groups, channels of a group), and back. */
record ChannelShuffleKernel(ChannelShuffle op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        deal(frame, frame.x(0), op.groups(), y);
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        deal(frame, dy, dy.size(1) / op.groups(), frame.newGradient(0));
    }

    private static void deal(Frame frame, INDArray from, long groups, INDArray to) {
        INDArray parts = grouped(from, groups).permute(0, 2, 1, 3);
        INDArray dealt = grouped(to, to.size(1) / groups);
        frame.run("assign", dealt, dealt, parts);
    }

    /** (N, groups, C / groups, H·W). */
    private static INDArray grouped(INDArray maps, long groups) {
        return Views.reshape(maps, maps.size(0), groups, maps.size(1) / groups, maps.size(2) * maps.size(3));
    }
}
