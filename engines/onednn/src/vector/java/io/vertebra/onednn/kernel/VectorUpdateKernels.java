package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Memory bound with 512-bit vectors; one method and one loop for each rule, so that the JIT keeps all in registers. */
final class VectorUpdateKernels implements UpdateKernels {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int STEP = S.vectorByteSize();

    private final UpdateKernels rest = new ScalarUpdateKernels();

    private static int end(int from, int to) {
        return from + (to - from) / STEP * STEP;
    }

    @Override
    public void sgd(ByteBuffer w, ByteBuffer g, ByteBuffer m, int from, int to, SgdStep s) {
        int end = end(from, to);
        if (m == null) {
            plain(w, g, from, end, s);
        } else if (s.nesterov()) {
            nesterov(w, g, m, from, end, s);
        } else {
            momentum(w, g, m, from, end, s);
        }
        rest.sgd(w, g, m, end, to, s);
    }

    private static void plain(ByteBuffer w, ByteBuffer g, int from, int end, SgdStep s) {
        float scale = s.scale();
        float decay = s.decay();
        float rate = s.rate();
        for (int i = from; i < end; i += STEP) {
            FloatVector x = FloatVector.fromByteBuffer(S, w, i, ORDER);
            FloatVector gradient =
                    FloatVector.fromByteBuffer(S, g, i, ORDER).mul(scale).add(x.mul(decay));
            x.sub(gradient.mul(rate)).intoByteBuffer(w, i, ORDER);
        }
    }

    private static void momentum(ByteBuffer w, ByteBuffer g, ByteBuffer m, int from, int end, SgdStep s) {
        float scale = s.scale();
        float decay = s.decay();
        float momentum = s.momentum();
        float rate = s.rate();
        for (int i = from; i < end; i += STEP) {
            FloatVector x = FloatVector.fromByteBuffer(S, w, i, ORDER);
            FloatVector gradient =
                    FloatVector.fromByteBuffer(S, g, i, ORDER).mul(scale).add(x.mul(decay));
            FloatVector velocity =
                    FloatVector.fromByteBuffer(S, m, i, ORDER).mul(momentum).add(gradient);
            velocity.intoByteBuffer(m, i, ORDER);
            x.sub(velocity.mul(rate)).intoByteBuffer(w, i, ORDER);
        }
    }

    private static void nesterov(ByteBuffer w, ByteBuffer g, ByteBuffer m, int from, int end, SgdStep s) {
        float scale = s.scale();
        float decay = s.decay();
        float momentum = s.momentum();
        float rate = s.rate();
        for (int i = from; i < end; i += STEP) {
            FloatVector x = FloatVector.fromByteBuffer(S, w, i, ORDER);
            FloatVector gradient =
                    FloatVector.fromByteBuffer(S, g, i, ORDER).mul(scale).add(x.mul(decay));
            FloatVector velocity =
                    FloatVector.fromByteBuffer(S, m, i, ORDER).mul(momentum).add(gradient);
            velocity.intoByteBuffer(m, i, ORDER);
            x.sub(gradient.add(velocity.mul(momentum)).mul(rate)).intoByteBuffer(w, i, ORDER);
        }
    }

    @Override
    public void adamW(ByteBuffer w, ByteBuffer g, ByteBuffer m, ByteBuffer v, int from, int to, AdamWStep s) {
        int end = end(from, to);
        float scale = s.scale();
        float beta1 = s.beta1();
        float beta2 = s.beta2();
        float keep = s.keep();
        float stepSize = s.stepSize();
        float correction = s.correction();
        float epsilon = s.epsilon();
        for (int i = from; i < end; i += STEP) {
            FloatVector gradient = FloatVector.fromByteBuffer(S, g, i, ORDER).mul(scale);
            FloatVector mean =
                    FloatVector.fromByteBuffer(S, m, i, ORDER).mul(beta1).add(gradient.mul(1 - beta1));
            FloatVector square = FloatVector.fromByteBuffer(S, v, i, ORDER)
                    .mul(beta2)
                    .add(gradient.mul(1 - beta2).mul(gradient));
            mean.intoByteBuffer(m, i, ORDER);
            square.intoByteBuffer(v, i, ORDER);
            FloatVector root =
                    square.lanewise(VectorOperators.SQRT).mul(correction).add(epsilon);
            FloatVector x = FloatVector.fromByteBuffer(S, w, i, ORDER).mul(keep);
            x.sub(mean.mul(stepSize).div(root)).intoByteBuffer(w, i, ORDER);
        }
        rest.adamW(w, g, m, v, end, to, s);
    }

    @Override
    public void ema(ByteBuffer average, ByteBuffer w, int from, int to, double decay) {
        int end = end(from, to);
        float keep = (float) decay;
        float take = (float) (1 - decay);
        for (int i = from; i < end; i += STEP) {
            FloatVector value = FloatVector.fromByteBuffer(S, w, i, ORDER).mul(take);
            FloatVector.fromByteBuffer(S, average, i, ORDER)
                    .mul(keep)
                    .add(value)
                    .intoByteBuffer(average, i, ORDER);
        }
        rest.ema(average, w, end, to, decay);
    }

    @Override
    public void add(ByteBuffer target, ByteBuffer source, int from, int to) {
        int end = end(from, to);
        for (int i = from; i < end; i += STEP) {
            FloatVector.fromByteBuffer(S, target, i, ORDER)
                    .add(FloatVector.fromByteBuffer(S, source, i, ORDER))
                    .intoByteBuffer(target, i, ORDER);
        }
        rest.add(target, source, end, to);
    }

    @Override
    public double squares(ByteBuffer g, int from, int to) {
        int end = end(from, to);
        DoubleVector low = DoubleVector.zero(D);
        DoubleVector high = DoubleVector.zero(D);
        for (int i = from; i < end; i += STEP) {
            FloatVector x = FloatVector.fromByteBuffer(S, g, i, ORDER);
            DoubleVector a = (DoubleVector) x.convertShape(VectorOperators.F2D, D, 0);
            DoubleVector b = (DoubleVector) x.convertShape(VectorOperators.F2D, D, 1);
            low = a.fma(a, low);
            high = b.fma(b, high);
        }
        return low.add(high).reduceLanes(VectorOperators.ADD) + rest.squares(g, end, to);
    }
}
