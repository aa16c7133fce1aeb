package io.vertebra.graph.reference;

import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.LayerNorm;
import java.util.function.IntUnaryOperator;

/** {@code y = weight · (x − μ) / √(σ² + ε) + bias} with the moments of sets of elements, which do not overlap. */
final class MomentNormRule implements Rule {
    private final double epsilon;
    private final Site site;
    private final IntUnaryOperator setOf;
    private final int sets;
    private double[] mean;
    private double[] variance;

    private MomentNormRule(double epsilon, Site site, int sets, IntUnaryOperator setOf) {
        this.epsilon = epsilon;
        this.site = site;
        this.sets = sets;
        this.setOf = setOf;
    }

    /** A set is a cell of a sample. */
    static MomentNormRule of(LayerNorm op, Site site) {
        int area = Planes.area(site.shape);
        int sample = site.shape.c() * area;
        return new MomentNormRule(op.epsilon(), site, site.shape.n() * area, i -> i / sample * area + i % area);
    }

    /** A set is a group of a sample: neighbouring channels. */
    static MomentNormRule of(GroupNorm op, Site site) {
        int group = site.shape.c() / op.groups() * Planes.area(site.shape);
        return new MomentNormRule(op.epsilon(), site, site.shape.n() * op.groups(), i -> i / group);
    }

    @Override
    public double[] forward() {
        double[] x = site.x(0);
        mean = means(i -> x[i]);
        variance = means(i -> (x[i] - mean[set(i)]) * (x[i] - mean[set(i)]));
        double[] w = site.parameter("weight");
        double[] b = site.parameter("bias");
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = w[channel(i)] * normalized(i) + b[channel(i)];
        }
        return y;
    }

    @Override
    public void backward(double[] dy) {
        double[] dx = site.dx(0);
        double[] w = site.parameter("weight");
        double[] dw = site.parameterGradient("weight");
        double[] db = site.parameterGradient("bias");
        double[] straight = means(i -> dy[i] * w[channel(i)]);
        double[] along = means(i -> dy[i] * w[channel(i)] * normalized(i));
        for (int i = 0; i < dy.length; i++) {
            dw[channel(i)] += dy[i] * normalized(i);
            db[channel(i)] += dy[i];
            // the set's mean and variance depend on x too
            double through = straight[set(i)] + normalized(i) * along[set(i)];
            dx[i] += (dy[i] * w[channel(i)] - through) / deviation(i);
        }
    }

    private interface Term {
        double at(int element);
    }

    private double[] means(Term term) {
        double[] means = new double[sets];
        int elements = site.x(0).length;
        for (int i = 0; i < elements; i++) {
            means[set(i)] += term.at(i) * sets / elements;
        }
        return means;
    }

    private double normalized(int element) {
        return (site.x(0)[element] - mean[set(element)]) / deviation(element);
    }

    private double deviation(int element) {
        return Math.sqrt(variance[set(element)] + epsilon);
    }

    private int set(int element) {
        return setOf.applyAsInt(element);
    }

    private int channel(int element) {
        return element / Planes.area(site.shape) % site.shape.c();
    }
}
