package io.vertebra.graph.op;

import java.util.List;

/** Operators of every kind with attributes that differ from each other, all fit for maps of 6 channels. */
public final class OpSamples {
    private OpSamples() {}

    /** At least one of each; a new operator without a sample fails {@link VisitorTest}. */
    public static List<Op> all() {
        return List.of(
                new Input(DataType.F32, Shape.of(Shape.ANY, 3, 8, Shape.ANY)),
                new Input(DataType.I32, Shape.of(Shape.ANY)),
                new Convolution(
                        9,
                        new Size(3, 2),
                        new Size(1, 2),
                        new Padding.Explicit(1, 2, 3, 4),
                        new Size(2, 1),
                        3,
                        true,
                        new Initializer.KaimingNormalFanOut()),
                new Convolution(
                        2,
                        Size.of(1),
                        Size.of(1),
                        Padding.none(),
                        Size.of(1),
                        1,
                        true,
                        new Initializer.Normal(0.01),
                        -4.5),
                new Convolution(
                        4, Size.of(1), Size.of(2), Padding.same(), Size.of(1), 1, false, new Initializer.Normal(0.02)),
                new Linear(7, false, new Initializer.Uniform(6)),
                new Linear(5, true, new Initializer.Constant(0.25)),
                new Linear(3, false, new Initializer.Spread(2)),
                new BatchNorm(1e-3, 0.03, true, 0),
                new Activation(Activation.Function.RELU),
                new Activation(Activation.Function.RELU6),
                new Activation(Activation.Function.SILU),
                new Activation(Activation.Function.SIGMOID),
                new Activation(Activation.Function.TANH),
                new Activation(Activation.Function.HARD_SWISH),
                new Activation(Activation.Function.HARD_SIGMOID),
                new Activation(Activation.Function.GELU),
                new MaxPool(new Size(3, 2), new Size(2, 1), new Padding.Explicit(0, 1, 2, 0), true),
                new AveragePool(new Size(2, 3), new Size(1, 2), Padding.same(), false, true),
                new AdaptiveAveragePool(new Size(2, 3)),
                new Add(),
                new Concat(),
                new Pad(1, 2, new Padding.Explicit(3, 4, 5, 6)),
                new Flatten(),
                new Dropout(0.25),
                new DropPath(0.125),
                new SoftmaxCrossEntropy(0.1, 255),
                new SoftmaxCrossEntropy(
                        0.25,
                        254,
                        List.of(0.5, 1.0, 1.5, 2.0, 2.5, 3.0),
                        new SoftmaxCrossEntropy.Hardest(0.75, 3),
                        SoftmaxCrossEntropy.Average.ALL),
                new Resize(Resize.Filter.BILINEAR, true),
                new Resize(Resize.Filter.BILINEAR, false),
                new Resize(Resize.Filter.NEAREST, false),
                new L2Norm(1e-6, 20),
                new MapRows(3),
                new WeightedSum(List.of(1.5, -0.5, 2.0)),
                new RoiAlign(new Size(2, 3), 0.25, 4, true),
                new RoiPool(new Size(3, 2), 0.125),
                new SoftmaxDice(0.5, 253),
                new HardNegativeCrossEntropy(2.5, 4),
                new SigmoidFocal(0.3, 1.25, true),
                new SigmoidFocal(-1, 0, false, AnchorAverage.VALID),
                new BoxSmoothL1(0.4),
                new BoxSmoothL1(0.3, AnchorAverage.VALID),
                new RoiAlign(new Size(3, 1), List.of(0.5, 0.25, 0.125), 0, false),
                new RegionProposals(
                        List.of(List.of(16.0), List.of(32.0, 40.0)),
                        List.of(List.of(0.5, 1.0), List.of(1.5)),
                        30,
                        20,
                        0.7,
                        0.001,
                        0.125),
                new RegionSamples(32, 0.25, 0.5),
                new RegionLabels(0.6),
                new RegionTargets(0.4, List.of(10.0, 11.0, 5.0, 6.0)),
                new RegionSmoothL1(0.125),
                new LayerNorm(1e-6),
                new GroupNorm(3, 1e-4, 0.5),
                new Multiply(),
                new LayerScale(1e-6),
                new ChannelShuffle(2),
                new ChannelSelect(9),
                new Slice(1, 4),
                new LocalResponseNorm(4, 1e-4, 0.75, 2));
    }
}
