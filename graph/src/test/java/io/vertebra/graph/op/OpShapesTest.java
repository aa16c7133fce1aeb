package io.vertebra.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shapes, parameters, MACs and windows of each operator. */
class OpShapesTest {
    private static final Shape ANY_MAP = Shape.of(Shape.ANY, 6, Shape.ANY, Shape.ANY);

    private static Convolution conv(
            Size kernel, Size stride, Padding padding, Size dilation, int groups, boolean bias) {
        return new Convolution(12, kernel, stride, padding, dilation, groups, bias, Initializer.ones());
    }

    /** PyTorch's formula, worked out by hand: ⌊(n + p − d(k − 1) − 1) / s⌋ + 1. */
    @ParameterizedTest
    @CsvSource({
        // n, k, s, before, after, d, out
        "7, 3, 1, 1, 1, 1, 7",
        "7, 3, 2, 1, 1, 1, 4",
        "8, 3, 2, 1, 1, 1, 4",
        "8, 3, 2, 0, 1, 1, 4",
        "8, 3, 2, 0, 0, 1, 3",
        "224, 7, 2, 3, 3, 1, 112",
        "9, 3, 1, 2, 2, 2, 9",
        "9, 3, 2, 0, 0, 4, 1",
        "5, 5, 3, 0, 0, 1, 1",
        "5, 2, 2, 0, 0, 1, 2",
    })
    void convolutionFollowsPyTorch(int n, int k, int s, int before, int after, int d, int out) {
        Convolution rows = conv(
                new Size(k, 1), new Size(s, 1), new Padding.Explicit(before, 0, after, 0), new Size(d, 1), 1, false);
        assertThat(rows.output(List.of(Shape.of(2, 6, n, 11)))).isEqualTo(Shape.of(2, 12, out, 11));
        Convolution columns = conv(
                new Size(1, k), new Size(1, s), new Padding.Explicit(0, before, 0, after), new Size(1, d), 1, false);
        assertThat(columns.output(List.of(Shape.of(2, 6, 11, n)))).isEqualTo(Shape.of(2, 12, 11, out));
    }

    /** torch.nn.MaxPool2d's own answers for ceil_mode false and true. */
    @ParameterizedTest
    @CsvSource({
        // n, k, s, p, floor, ceil
        "112, 3, 2, 1, 56, 57",
        "7, 3, 2, 0, 3, 3",
        "8, 3, 2, 0, 3, 4",
        "6, 2, 4, 1, 2, 2",
        "5, 2, 4, 1, 2, 2",
        "5, 2, 2, 0, 2, 3",
        "4, 2, 2, 1, 3, 3",
        "5, 3, 2, 1, 3, 3",
        "6, 3, 2, 1, 3, 4",
        "3, 1, 2, 0, 2, 2",
        "4, 1, 2, 0, 2, 2",
        "4, 1, 3, 0, 2, 2",
    })
    void poolsFollowPyTorch(int n, int k, int s, int p, int floor, int ceil) {
        Shape map = Shape.of(2, 6, n, n);
        Size kernel = Size.of(k);
        Size stride = Size.of(s);
        assertThat(new MaxPool(kernel, stride, Padding.of(p), false).output(List.of(map)))
                .isEqualTo(Shape.of(2, 6, floor, floor));
        assertThat(new MaxPool(kernel, stride, Padding.of(p), true).output(List.of(map)))
                .isEqualTo(Shape.of(2, 6, ceil, ceil));
        assertThat(new AveragePool(kernel, stride, Padding.of(p), false, true).output(List.of(map)))
                .isEqualTo(Shape.of(2, 6, floor, floor));
        assertThat(new AveragePool(kernel, stride, Padding.of(p), true, false).output(List.of(map)))
                .isEqualTo(Shape.of(2, 6, ceil, ceil));
    }

    @Test
    void takeSoManyValues() {
        assertThat(List.of(new Add(), new ScaledAdd(2), new SoftmaxCrossEntropy(0, 255), new SoftmaxDice(1, 255)))
                .allSatisfy(op -> assertThat(op.arity()).as(op.kind()).isEqualTo(2));
        assertThat(new Concat().arity()).isEqualTo(Shape.ANY);
        assertThat(new Flatten().arity()).isEqualTo(1);
    }

    @Test
    void unknownSizesStayUnknown() {
        Size three = Size.of(3);
        Shape out = Shape.of(Shape.ANY, 12, Shape.ANY, Shape.ANY);
        assertThat(conv(three, three, Padding.none(), three, 1, true).output(List.of(ANY_MAP)))
                .isEqualTo(out);
        assertThat(conv(three, three, Padding.same(), three, 1, true).output(List.of(ANY_MAP)))
                .isEqualTo(out);
        assertThat(new MaxPool(three, three, Padding.none(), true).output(List.of(ANY_MAP)))
                .isEqualTo(ANY_MAP);
        assertThat(new AdaptiveAveragePool(new Size(2, 3)).output(List.of(ANY_MAP)))
                .isEqualTo(Shape.of(Shape.ANY, 6, 2, 3));
        assertThat(new Pad(1, 2, new Padding.Explicit(3, 4, 5, 6)).output(List.of(ANY_MAP)))
                .isEqualTo(Shape.of(Shape.ANY, 9, Shape.ANY, Shape.ANY));
        assertThat(new Flatten().output(List.of(ANY_MAP))).isEqualTo(Shape.of(Shape.ANY, Shape.ANY));
        assertThat(new Add().output(List.of(ANY_MAP, ANY_MAP))).isEqualTo(ANY_MAP);
        assertThat(new ScaledAdd(2).output(List.of(ANY_MAP, ANY_MAP))).isEqualTo(ANY_MAP);
        assertThat(new Concat().output(List.of(ANY_MAP, ANY_MAP)))
                .isEqualTo(Shape.of(Shape.ANY, 12, Shape.ANY, Shape.ANY));
        Shape halfKnown = Shape.of(Shape.ANY, 6, 8, Shape.ANY);
        assertThat(conv(three, Size.of(1), Padding.none(), Size.of(1), 1, true).output(List.of(halfKnown)))
                .isEqualTo(Shape.of(Shape.ANY, 12, 6, Shape.ANY));
        assertThat(new Pad(0, 0, new Padding.Explicit(1, 2, 3, 4)).output(List.of(halfKnown)))
                .isEqualTo(Shape.of(Shape.ANY, 6, 12, Shape.ANY));
    }

    @Test
    void othersKeepOrJoinShapes() {
        Shape map = Shape.of(2, 6, 4, 5);
        assertThat(new Activation(Activation.Function.RELU).output(List.of(map)))
                .isEqualTo(map);
        assertThat(new BatchNorm(0, 0, false, 1).output(List.of(map))).isEqualTo(map);
        assertThat(new Dropout(0.5).output(List.of(map))).isEqualTo(map);
        assertThat(new DropPath(0.5).output(List.of(map))).isEqualTo(map);
        assertThat(new Flatten().output(List.of(map))).isEqualTo(Shape.of(2, 120));
        assertThat(new Pad(1, 2, new Padding.Explicit(3, 4, 5, 6)).output(List.of(map)))
                .isEqualTo(Shape.of(2, 9, 12, 15));
        assertThat(new Concat().output(List.of(map, map.with(1, 1), map.with(1, 3))))
                .isEqualTo(Shape.of(2, 10, 4, 5));
        assertThat(new Linear(7, true, Initializer.zeros()).output(List.of(Shape.of(2, 6))))
                .isEqualTo(Shape.of(2, 7));
        assertThat(new Input(DataType.I32, Shape.of(Shape.ANY, 3)).output(List.of()))
                .isEqualTo(Shape.of(Shape.ANY, 3));
    }

    @Test
    void parametersAreNamedAsInAStateDict() {
        Shape map = Shape.of(Shape.ANY, 6, 8, 8);
        Convolution grouped = conv(new Size(3, 5), Size.of(1), Padding.none(), Size.of(1), 3, true);
        assertThat(grouped.parameters(List.of(map)))
                .containsExactly(
                        new ParameterSpec(
                                "weight", Shape.of(12, 2, 3, 5), Initializer.ones(), ParameterSpec.Kind.WEIGHT),
                        new ParameterSpec("bias", Shape.of(12), Initializer.zeros(), ParameterSpec.Kind.BIAS_OR_NORM));
        assertThat(conv(Size.of(1), Size.of(1), Padding.none(), Size.of(1), 1, false)
                        .parameters(List.of(map)))
                .containsExactly(new ParameterSpec(
                        "weight", Shape.of(12, 6, 1, 1), Initializer.ones(), ParameterSpec.Kind.WEIGHT));
        Initializer normal = new Initializer.Normal(0.01);
        assertThat(new Linear(7, true, normal).parameters(List.of(Shape.of(2, 6))))
                .containsExactly(
                        new ParameterSpec("weight", Shape.of(7, 6), normal, ParameterSpec.Kind.WEIGHT),
                        new ParameterSpec("bias", Shape.of(7), Initializer.zeros(), ParameterSpec.Kind.BIAS_OR_NORM));
        assertThat(new Linear(7, false, normal).parameters(List.of(Shape.of(2, 6))))
                .hasSize(1);
        assertThat(new BatchNorm(1e-5, 0.1, false, 0.5).parameters(List.of(map)))
                .containsExactly(
                        new ParameterSpec(
                                "weight", Shape.of(6), new Initializer.Constant(0.5), ParameterSpec.Kind.BIAS_OR_NORM),
                        new ParameterSpec("bias", Shape.of(6), Initializer.zeros(), ParameterSpec.Kind.BIAS_OR_NORM),
                        new ParameterSpec("running_mean", Shape.of(6), Initializer.zeros(), ParameterSpec.Kind.BUFFER),
                        new ParameterSpec("running_var", Shape.of(6), Initializer.ones(), ParameterSpec.Kind.BUFFER));
        assertThat(new Add().parameters(List.of(map, map))).isEmpty();
    }

    @Test
    void parametersKnowWhatTrainsThem() {
        ParameterSpec weight = ParameterSpec.weight(Initializer.zeros(), 2, 3);
        ParameterSpec buffer =
                new ParameterSpec("running_var", Shape.of(2), Initializer.ones(), ParameterSpec.Kind.BUFFER);
        assertThat(weight.isTrainable()).isTrue();
        assertThat(ParameterSpec.bias(Initializer.zeros(), 2).isTrainable()).isTrue();
        assertThat(buffer.isTrainable()).isFalse();
        assertThat(weight.in("layer1.0.conv1").name()).isEqualTo("layer1.0.conv1.weight");
        assertThat(weight.in("")).isSameAs(weight);
        assertThat(buffer.in("bn"))
                .isEqualTo(new ParameterSpec("bn.running_var", buffer.shape(), buffer.initializer(), buffer.kind()));
    }

    @Test
    void macsAreMultiplyAdds() {
        Convolution grouped = conv(new Size(3, 5), Size.of(2), Padding.of(2), Size.of(1), 3, true);
        // (2, 6, 9, 9) → (2, 12, 6, 5): 720 outputs of 2 channels times 15 taps
        assertThat(grouped.output(List.of(Shape.of(2, 6, 9, 9)))).isEqualTo(Shape.of(2, 12, 6, 5));
        assertThat(grouped.macs(List.of(Shape.of(2, 6, 9, 9)))).isEqualTo(720 * 2 * 15);
        assertThat(new Linear(7, true, Initializer.zeros()).macs(List.of(Shape.of(2, 6))))
                .isEqualTo(84);
        assertThat(new Add().macs(List.of(Shape.of(2, 6), Shape.of(2, 6)))).isZero();
        assertThat(new MaxPool(Size.of(3), Size.of(2), Padding.none(), false).macs(List.of(Shape.of(2, 6, 9, 9))))
                .isZero();
    }

    @Test
    void windowsAndReductionsAreTheirOwn() {
        Convolution conv = conv(new Size(3, 5), new Size(4, 2), Padding.none(), new Size(2, 3), 1, false);
        assertThat(conv.window()).isEqualTo(new Size(5, 13));
        assertThat(conv.reduction()).isEqualTo(4);
        MaxPool max = new MaxPool(new Size(3, 2), new Size(2, 1), Padding.none(), false);
        assertThat(max.window()).isEqualTo(new Size(3, 2));
        assertThat(max.reduction()).isEqualTo(2);
        AveragePool average = new AveragePool(new Size(3, 2), new Size(2, 1), Padding.none(), false, true);
        assertThat(average.window()).isEqualTo(new Size(3, 2));
        assertThat(average.reduction()).isEqualTo(2);
        assertThat(new Add().window()).isEqualTo(Size.of(1));
        assertThat(new Add().reduction()).isEqualTo(1);
    }

    @Test
    void kindsAreSnakeCase() {
        assertThat(new Add().kind()).isEqualTo("add");
        assertThat(new BatchNorm(0, 0, false, 1).kind()).isEqualTo("batch_norm");
        assertThat(Op.kind(SoftmaxCrossEntropy.class)).isEqualTo("softmax_cross_entropy");
        assertThat(Op.kind(AdaptiveAveragePool.class)).isEqualTo("adaptive_average_pool");
        assertThat(Op.kind(BoxSmoothL1.class)).isEqualTo("box_smooth_l1");
        assertThat(Op.kind(RoiAlign.class)).isEqualTo("roi_align");
    }

    @Test
    void initializersMakeSimpleOnes() {
        assertThat(Initializer.zeros()).isEqualTo(new Initializer.Constant(0));
        assertThat(Initializer.ones()).isEqualTo(new Initializer.Constant(1));
    }
}
