package io.vertebra.graph.reference;

import io.vertebra.graph.op.SoftmaxDice;

/** {@code 1 − mean over n, k of (2·Σ p·t + s) / (Σ p² + Σ t + s)}. */
record DiceRule(SoftmaxDice op, Site site) implements Rule {

    /** Above and below the line, for a picture and a class. */
    private record Overlap(double above, double below) {}

    @Override
    public double[] forward() {
        ClassLogits z = new ClassLogits(site.x(0), site.xShape(0));
        double loss = 0;
        for (int n = 0; n < site.xShape(0).n(); n++) {
            for (int k = 0; k < z.classes(); k++) {
                Overlap overlap = overlap(z, n, k);
                loss += 1 - overlap.above / overlap.below;
            }
        }
        return new double[] {loss / terms()}; // exactly 0 where all overlap is whole
    }

    @Override
    public void backward(double[] dy) {
        ClassLogits z = new ClassLogits(site.x(0), site.xShape(0));
        double[] dz = site.dx(0);
        int area = Planes.area(site.xShape(0));
        for (int n = 0; n < site.xShape(0).n(); n++) {
            for (int k = 0; k < z.classes(); k++) {
                Overlap overlap = overlap(z, n, k);
                for (int position = n * area; position < (n + 1) * area; position++) {
                    if (isValid(position)) {
                        double p = z.softmax(position, k);
                        double quotient = 2 * isLabel(position, k) * overlap.below - overlap.above * 2 * p;
                        double dp = -dy[0] * quotient / (overlap.below * overlap.below) / terms();
                        for (int other = 0; other < z.classes(); other++) {
                            double slope = p * ((other == k ? 1 : 0) - z.softmax(position, other));
                            dz[z.index(position, other)] += dp * slope;
                        }
                    }
                }
            }
        }
    }

    private Overlap overlap(ClassLogits z, int n, int k) {
        int area = Planes.area(site.xShape(0));
        double above = op.smooth();
        double below = op.smooth();
        for (int position = n * area; position < (n + 1) * area; position++) {
            if (isValid(position)) {
                double p = z.softmax(position, k);
                above += 2 * p * isLabel(position, k);
                below += p * p + isLabel(position, k);
            }
        }
        return new Overlap(above, below);
    }

    private double terms() {
        return (double) site.xShape(0).n() * site.xShape(0).c();
    }

    private int isLabel(int position, int k) {
        return site.x(1)[position] == k ? 1 : 0;
    }

    private boolean isValid(int position) {
        return site.x(1)[position] != op.ignore();
    }
}
