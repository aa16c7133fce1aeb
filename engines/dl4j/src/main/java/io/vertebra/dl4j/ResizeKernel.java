package io.vertebra.dl4j;

import io.vertebra.graph.op.Resize;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A map between two matrices of interpolation: ND4J's own operators have no gradient. */
record ResizeKernel(Resize op) implements Kernel {

    @Override
    public INDArray forward(Frame frame) {
        INDArray y = frame.newOutput();
        product(frame).forward(maps(frame.x(0)), maps(y));
        return y;
    }

    @Override
    public void backward(Frame frame, INDArray dy) {
        product(frame).backward(maps(dy), maps(frame.newGradient(0)));
    }

    private MapProduct product(Frame frame) {
        INDArray x = frame.x(0);
        INDArray like = frame.x(1);
        return new MapProduct(frame, matrix(frame, x.size(2), like.size(2)), matrix(frame, x.size(3), like.size(3)));
    }

    private INDArray matrix(Frame frame, long cells, long made) {
        return frame.constant(Interpolation.resized(op, Math.toIntExact(cells), Math.toIntExact(made)), made, cells);
    }

    private static INDArray maps(INDArray array) {
        return Views.reshape(array, array.size(0) * array.size(1), array.size(2), array.size(3));
    }
}
