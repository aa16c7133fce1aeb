package io.vertebra.graph.reference;

import io.vertebra.graph.op.BatchNorm;

/** {@code y = weight · (x − μ) / √(σ² + ε) + bias} with the batch's or the running statistics. */
final class BatchNormRule implements Rule {
    private final BatchNorm op;
    private final Site site;
    private final boolean usesBatch;
    private double[] mean;
    private double[] variance;

    BatchNormRule(BatchNorm op, Site site) {
        this.op = op;
        this.site = site;
        this.usesBatch = site.form.training() && !op.frozen();
    }

    @Override
    public double[] forward() {
        double[] x = site.x(0);
        if (usesBatch) {
            mean = new double[site.shape.c()];
            variance = new double[site.shape.c()];
            Planes.each(site.shape, (plane, c, from, to) -> mean[c] += Planes.sum(x, from, to) / count());
            Planes.each(site.shape, (plane, c, from, to) -> {
                for (int i = from; i < to; i++) {
                    variance[c] += (x[i] - mean[c]) * (x[i] - mean[c]) / count();
                }
            });
        } else {
            mean = site.parameter("running_mean");
            variance = site.parameter("running_var");
        }
        double[] w = site.parameter("weight");
        double[] b = site.parameter("bias");
        double[] y = new double[x.length];
        Planes.each(site.shape, (plane, c, from, to) -> {
            for (int i = from; i < to; i++) {
                y[i] = w[c] * normalized(x[i], c) + b[c];
            }
        });
        return y;
    }

    @Override
    public void backward(double[] dy) {
        double[] x = site.x(0);
        double[] dx = site.dx(0);
        double[] w = site.parameter("weight");
        // of this pass alone: the site's arrays hold the same, as a node is visited once
        double[] dw = site.parameterGradient("weight");
        double[] db = site.parameterGradient("bias");
        Planes.each(site.shape, (plane, c, from, to) -> {
            for (int i = from; i < to; i++) {
                dw[c] += dy[i] * normalized(x[i], c);
                db[c] += dy[i];
            }
        });
        Planes.each(site.shape, (plane, c, from, to) -> {
            double scale = w[c] / Math.sqrt(variance[c] + op.epsilon());
            for (int i = from; i < to; i++) {
                // the batch's mean and variance depend on x too: the two terms that they add
                double through = usesBatch ? (db[c] + normalized(x[i], c) * dw[c]) / count() : 0;
                dx[i] += scale * (dy[i] - through);
            }
        });
    }

    @Override
    public void updateStatistics() {
        if (usesBatch) {
            double unbiased = count() / (count() - 1);
            move(site.parameter("running_mean"), mean, 1);
            move(site.parameter("running_var"), variance, unbiased);
        }
    }

    private void move(double[] running, double[] batch, double factor) {
        for (int c = 0; c < running.length; c++) {
            running[c] = (1 - op.momentum()) * running[c] + op.momentum() * factor * batch[c];
        }
    }

    private double normalized(double x, int c) {
        return (x - mean[c]) / Math.sqrt(variance[c] + op.epsilon());
    }

    private double count() {
        return (double) site.shape.n() * Planes.area(site.shape);
    }
}
