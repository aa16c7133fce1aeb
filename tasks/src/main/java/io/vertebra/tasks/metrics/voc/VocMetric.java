package io.vertebra.tasks.metrics.voc;

/** How VOC makes one number of a curve of precision over recall. */
public enum VocMetric {

    /** VOC 2007: the mean of the best precision at recall of at least 0, 0.1, ..., 1. */
    ELEVEN_POINTS {
        @Override
        double averagePrecision(double[] recall, double[] precision) {
            double sum = 0;
            for (int k = 0; k <= 10; k++) {
                double least = k <= 5 ? k * 0.1 : 1 - (10 - k) * 0.1; // what MATLAB's 0:0.1:1 holds
                double best = 0;
                for (int i = 0; i < recall.length; i++) {
                    if (recall[i] >= least && precision[i] > best) {
                        best = precision[i];
                    }
                }
                sum += best / 11;
            }
            return sum;
        }
    },

    /** VOC 2010 on: the area below the curve whose precision never rises with recall. */
    AREA {
        @Override
        double averagePrecision(double[] recall, double[] precision) {
            double area = 0;
            double best = 0;
            for (int i = recall.length - 1; i >= 0; i--) {
                best = precision[i] > best ? precision[i] : best; // NaN, where nothing counted yet, is not
                area += (recall[i] - (i == 0 ? 0 : recall[i - 1])) * best;
            }
            return area;
        }
    };

    /** Of a curve whose recall does not fall; precision may be NaN where nothing was counted yet. */
    abstract double averagePrecision(double[] recall, double[] precision);
}
