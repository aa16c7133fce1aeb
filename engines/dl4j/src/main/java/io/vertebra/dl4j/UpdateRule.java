package io.vertebra.dl4j;

import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.UpdateFormulas;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The update of one parameter at a place of flat native arrays, in the numbers of the session. */
interface UpdateRule {

    /**
     * The factors of one update of one parameter.
     *
     * @param scale of the gradient
     * @param rate learning rate
     * @param decay weight decay
     * @param step updates done before
     */
    record Factors(double scale, double rate, double decay, long step) {}

    /** The sum of the squares of a slice. */
    double squares(INDArray gradients, Flat.Slice slice);

    /** Moves the weights of a slice; the optimizer's arrays are in the order of its slots. */
    void move(
            Optimizer optimizer,
            INDArray weights,
            INDArray gradients,
            List<INDArray> slots,
            Flat.Slice slice,
            Factors factors);

    /** Moves the average of a slice towards the weights. */
    void average(INDArray averages, INDArray weights, Flat.Slice slice, double decay);

    static UpdateRule of(DataType type) {
        return type == DataType.DOUBLE ? new Wide() : new Usual();
    }

    /** fp32, by the formulas of all engines. */
    final class Usual implements UpdateRule {
        @Override
        public double squares(INDArray gradients, Flat.Slice slice) {
            return UpdateFormulas.squares(get(gradients, slice));
        }

        @Override
        public void move(
                Optimizer optimizer,
                INDArray weights,
                INDArray gradients,
                List<INDArray> slots,
                Flat.Slice slice,
                Factors f) {
            float[] w = get(weights, slice);
            float[] g = get(gradients, slice);
            float[][] kept = slots.stream().map(slot -> get(slot, slice)).toArray(float[][]::new);
            if (optimizer instanceof Optimizer.Sgd sgd) {
                float[] m = kept.length == 0 ? null : kept[0];
                UpdateFormulas.sgd(sgd, w, g, m, f.scale(), f.rate(), f.decay());
            } else if (optimizer instanceof Optimizer.AdamW adamW) {
                UpdateFormulas.adamW(adamW, w, g, kept[0], kept[1], f.scale(), f.rate(), f.decay(), f.step());
            }
            Host.put(weights, slice.offset(), w);
            for (int i = 0; i < kept.length; i++) {
                Host.put(slots.get(i), slice.offset(), kept[i]);
            }
        }

        @Override
        public void average(INDArray averages, INDArray weights, Flat.Slice slice, double decay) {
            float[] average = get(averages, slice);
            UpdateFormulas.ema(average, get(weights, slice), decay);
            Host.put(averages, slice.offset(), average);
        }

        private static float[] get(INDArray flat, Flat.Slice slice) {
            float[] values = new float[slice.length()];
            Host.get(flat, slice.offset(), values);
            return values;
        }
    }

    /** float64, by the same formulas in double. */
    final class Wide implements UpdateRule {
        @Override
        public double squares(INDArray gradients, Flat.Slice slice) {
            return WideFormulas.squares(get(gradients, slice));
        }

        @Override
        public void move(
                Optimizer optimizer,
                INDArray weights,
                INDArray gradients,
                List<INDArray> slots,
                Flat.Slice slice,
                Factors f) {
            double[] w = get(weights, slice);
            double[] g = get(gradients, slice);
            double[][] kept = slots.stream().map(slot -> get(slot, slice)).toArray(double[][]::new);
            if (optimizer instanceof Optimizer.Sgd sgd) {
                double[] m = kept.length == 0 ? null : kept[0];
                WideFormulas.sgd(sgd, w, g, m, f.scale(), f.rate(), f.decay());
            } else if (optimizer instanceof Optimizer.AdamW adamW) {
                WideFormulas.adamW(adamW, w, g, kept[0], kept[1], f.scale(), f.rate(), f.decay(), f.step());
            }
            Host.putWide(weights, slice.offset(), w);
            for (int i = 0; i < kept.length; i++) {
                Host.putWide(slots.get(i), slice.offset(), kept[i]);
            }
        }

        @Override
        public void average(INDArray averages, INDArray weights, Flat.Slice slice, double decay) {
            double[] average = get(averages, slice);
            WideFormulas.ema(average, get(weights, slice), decay);
            Host.putWide(averages, slice.offset(), average);
        }

        private static double[] get(INDArray flat, Flat.Slice slice) {
            double[] values = new double[slice.length()];
            Host.getWide(flat, slice.offset(), values);
            return values;
        }
    }
}
