package io.vertebra.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Channels side by side; each input's gradient is its slice. */
record ConcatKernel() implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        long first = 0;
        for (int input = 0; input < frame.inputCount(); input++) {
            INDArray part = Views.channels(y, first, frame.x(input).size(1));
            frame.run("assign", part, part, frame.x(input));
            first += part.size(1);
        }
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        long first = 0;
        for (int input = 0; input < frame.inputCount(); input++) {
            long channels = frame.x(input).size(1);
            if (frame.wants(input)) {
                INDArray dx = frame.newGradient(input);
                frame.run("assign", dx, dx, Views.channels(dy, first, channels));
            }
            first += channels;
        }
    }
}
