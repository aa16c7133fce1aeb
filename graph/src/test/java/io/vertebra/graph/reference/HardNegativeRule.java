package io.vertebra.graph.reference;

import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Cross entropy of the positive anchors and of each picture's hardest negative ones, over the positives. */
record HardNegativeRule(HardNegativeCrossEntropy op, Site site) implements Rule {

    @Override
    public double[] forward() {
        ClassLogits z = new ClassLogits(site.x(0), site.xShape(0));
        double sum = 0;
        for (int anchor : counted(z)) {
            sum += loss(z, anchor);
        }
        return new double[] {sum / Anchors.divisor(site.x(1))};
    }

    @Override
    public void backward(double[] dy) {
        ClassLogits z = new ClassLogits(site.x(0), site.xShape(0));
        double[] dz = site.dx(0);
        for (int anchor : counted(z)) {
            for (int k = 0; k < z.classes(); k++) {
                double pull = z.softmax(anchor, k) - (site.x(1)[anchor] == k ? 1 : 0);
                dz[z.index(anchor, k)] += dy[0] * pull / Anchors.divisor(site.x(1));
            }
        }
    }

    private List<Integer> counted(ClassLogits z) {
        Shape shape = site.xShape(1);
        List<Integer> counted = new ArrayList<>();
        for (int n = 0; n < shape.n(); n++) {
            List<Integer> negatives = new ArrayList<>();
            int positives = 0;
            for (int anchor = n * shape.get(1); anchor < (n + 1) * shape.get(1); anchor++) {
                double label = site.x(1)[anchor];
                if (label > 0) {
                    counted.add(anchor);
                    positives++;
                } else if (label == 0) {
                    negatives.add(anchor);
                }
            }
            // a stable sort: the earlier of equal ones first
            negatives.sort(Comparator.comparingDouble((Integer anchor) -> loss(z, anchor))
                    .reversed());
            int wanted = Math.max((int) Math.floor(op.ratio() * positives), op.minNegatives());
            counted.addAll(negatives.subList(0, Math.min(wanted, negatives.size())));
        }
        return counted;
    }

    private double loss(ClassLogits z, int anchor) {
        return -z.logSoftmax(anchor, (int) site.x(1)[anchor]);
    }
}
