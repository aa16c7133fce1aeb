package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;

final class ScalarUpdateKernels implements UpdateKernels {

    @Override
    public void sgd(ByteBuffer w, ByteBuffer g, ByteBuffer m, int from, int to, SgdStep s) {
        for (int i = from; i < to; i += Float.BYTES) {
            float x = w.getFloat(i);
            float gradient = s.scale() * g.getFloat(i) + s.decay() * x;
            float step = gradient;
            if (m != null) {
                float velocity = s.momentum() * m.getFloat(i) + gradient;
                m.putFloat(i, velocity);
                step = s.nesterov() ? gradient + s.momentum() * velocity : velocity;
            }
            w.putFloat(i, x - s.rate() * step);
        }
    }

    @Override
    public void adamW(ByteBuffer w, ByteBuffer g, ByteBuffer m, ByteBuffer v, int from, int to, AdamWStep s) {
        for (int i = from; i < to; i += Float.BYTES) {
            float gradient = s.scale() * g.getFloat(i);
            float mean = s.beta1() * m.getFloat(i) + (1 - s.beta1()) * gradient;
            float square = s.beta2() * v.getFloat(i) + (1 - s.beta2()) * gradient * gradient;
            m.putFloat(i, mean);
            v.putFloat(i, square);
            float root = (float) Math.sqrt(square) * s.correction() + s.epsilon();
            w.putFloat(i, s.keep() * w.getFloat(i) - s.stepSize() * mean / root);
        }
    }

    @Override
    public void ema(ByteBuffer average, ByteBuffer w, int from, int to, double decay) {
        float keep = (float) decay;
        float take = (float) (1 - decay);
        for (int i = from; i < to; i += Float.BYTES) {
            average.putFloat(i, keep * average.getFloat(i) + take * w.getFloat(i));
        }
    }

    @Override
    public void add(ByteBuffer target, ByteBuffer source, int from, int to) {
        for (int i = from; i < to; i += Float.BYTES) {
            target.putFloat(i, target.getFloat(i) + source.getFloat(i));
        }
    }

    @Override
    public double squares(ByteBuffer g, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i += Float.BYTES) {
            double x = g.getFloat(i);
            sum += x * x;
        }
        return sum;
    }
}
