package io.vertebra.graph.op;

import java.util.List;

/**
 * Channels that a tensor of the model names: {@code y[n, j] = x[n, index[j]]}, of maps or of rows; several of y may be one
 * of x, and some of x none of y.
 *
 * <p>x (N, C, H, W) or (N, C) → (N, channels, H, W) or (N, channels). {@code index} (channels) holds whole numbers from 0
 * to C − 1 and is no value to be learnt: training leaves it alone, and its moving average is itself. Before training it
 * names the channels in their order, evenly spread where there are more or fewer than {@code channels}: as many as C are
 * those of x as they are, so that what follows sees all of them. Huang et al., CondenseNet, arXiv:1711.09224, section 3.3:
 * the index layer of a learned group convolution.
 *
 * @param channels of the result
 */
public record ChannelSelect(int channels) implements Op {
    /** The name of its parameter. */
    public static final String INDEX = "index";

    /** Checks the attributes. */
    public ChannelSelect {
        Check.atLeast(1, "channels", channels);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        if (x.rank() != 2) {
            Check.isMap("input", x);
        }
        return x.with(1, channels);
    }

    @Override
    public List<ParameterSpec> parameters(List<Shape> inputs) {
        return List.of(ParameterSpec.index(INDEX, channels, inputs.get(0).c()));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.channelSelect(this);
    }
}
