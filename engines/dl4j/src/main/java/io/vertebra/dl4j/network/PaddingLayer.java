package io.vertebra.dl4j.network;

import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Padding;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.PadMode;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** One value around maps, or before and behind their channels. */
public final class PaddingLayer extends FixedLayer {
    private static final long serialVersionUID = 1L;

    /** Below every value, so that it never wins. */
    private static final double LOWEST = -Float.MAX_VALUE;

    /** Channels before and behind, rows above and below, columns before and behind. */
    @JsonProperty
    private int[] sides;

    @JsonProperty
    private double value;

    private PaddingLayer() {}

    private PaddingLayer(int before, int behind, Padding.Explicit space, double value) {
        this.sides = new int[] {before, behind, space.top(), space.bottom(), space.left(), space.right()};
        this.value = value;
    }

    static PaddingLayer zeros(Pad op) {
        return new PaddingLayer(op.before(), op.behind(), op.space(), 0);
    }

    static PaddingLayer lowest(Padding.Explicit space) {
        return new PaddingLayer(0, 0, space, LOWEST);
    }

    @Override
    public SDVariable defineLayer(SameDiff graph, SDVariable x) {
        int[][] axes = {{0, 0}, {sides[0], sides[1]}, {sides[2], sides[3]}, {sides[4], sides[5]}};
        return graph.nn().pad(x, graph.constant(Nd4j.createFromArray(axes)), PadMode.CONSTANT, value);
    }

    @Override
    public InputType getOutputType(int layer, InputType input) {
        InputType.InputTypeConvolutional map = (InputType.InputTypeConvolutional) input;
        return InputType.convolutional(
                map.getHeight() + sides[2] + sides[3],
                map.getWidth() + sides[4] + sides[5],
                map.getChannels() + sides[0] + sides[1]);
    }
}
