package io.vertebra.dl4j;

import io.vertebra.graph.op.ChannelSelect;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Channels that an index names, gathered; the gradient of each is added to that of the channel that it shows, in order. */
record ChannelSelectKernel() implements Kernel {
    private static final int CHANNELS = 1;

    @Override
    public INDArray forward(Frame frame) {
        int[] channels = index(frame);
        INDArray index = frame.scratchOf(DataType.INT32, channels.length);
        Host.put(index, channels);
        INDArray y = frame.newOutput();
        frame.run("gather", new INDArray[] {frame.x(0), index}, new INDArray[] {y}, Arguments.ints(CHANNELS));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        int[] channels = index(frame);
        INDArray dx = frame.newGradient(0).assign(0);
        for (int j = 0; j < channels.length; j++) {
            INDArray sum = Views.channels(dx, channels[j], 1);
            frame.run("add", sum, sum, Views.channels(dy, j, 1));
        }
    }

    private static int[] index(Frame frame) {
        return frame.node().parameters().get(0).indices(Host.floats(frame.parameter(ChannelSelect.INDEX)));
    }
}
