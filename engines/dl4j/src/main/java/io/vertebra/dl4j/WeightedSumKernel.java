package io.vertebra.dl4j;

import io.vertebra.graph.op.WeightedSum;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code y = Σ w · x}. */
record WeightedSumKernel(WeightedSum op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput().assign(0);
        INDArray term = frame.scratch();
        for (int input = 0; input < frame.inputCount(); input++) {
            frame.run("multiply", term, frame.x(input), weight(frame, input));
            frame.run("add", y, y, term);
        }
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        for (int input = 0; input < frame.inputCount(); input++) {
            if (frame.wants(input)) {
                frame.run("multiply", frame.newGradient(input), dy, weight(frame, input));
            }
        }
    }

    private INDArray weight(Frame frame, int input) {
        return frame.scalar(op.weights().get(input));
    }
}
