package io.vertebra.dl4j.network;

import io.vertebra.graph.op.LocalResponseNorm;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Values divided by a power of what their neighbours along the channels hold; squares are added up by a product with a
 * matrix. DL4J's own layer has windows with a middle only, fails where they are wider than twice the channels, and its
 * gradient divides the sum over the neighbours by the base of the channel instead of each by its own.
 */
public final class LocalResponseLayer extends FixedLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private int before;

    @JsonProperty
    private int behind;

    /** Of each square. */
    @JsonProperty
    private double share;

    @JsonProperty
    private double beta;

    @JsonProperty
    private double k;

    private LocalResponseLayer() {}

    LocalResponseLayer(LocalResponseNorm op) {
        this.before = op.before();
        this.behind = op.behind();
        this.share = op.alpha() / op.size();
        this.beta = op.beta();
        this.k = op.k();
    }

    @Override
    public SDVariable defineLayer(SameDiff graph, SDVariable x) {
        long[] shape = x.getShape();
        int channels = (int) shape[1];
        SDVariable cells = x.permute(0, 2, 3, 1).reshape(-1, channels);
        SDVariable sums = cells.mul(cells).mmul(graph.constant(Nd4j.createFromArray(shares(channels))));
        SDVariable bases = sums.reshape(-1, shape[2], shape[3], channels)
                .permute(0, 3, 1, 2)
                .add(k);
        return x.mul(graph.math().pow(bases, -beta));
    }

    /** What each channel (row) adds to each base (column). */
    private float[][] shares(int channels) {
        float[][] shares = new float[channels][channels];
        for (int from = 0; from < channels; from++) {
            for (int to = Math.max(0, from - behind); to <= Math.min(channels - 1, from + before); to++) {
                shares[from][to] = (float) share;
            }
        }
        return shares;
    }

    @Override
    public InputType getOutputType(int layer, InputType input) {
        return input;
    }
}
