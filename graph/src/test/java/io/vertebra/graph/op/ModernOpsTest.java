package io.vertebra.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Shapes and parameters of the operators of modern backbones. */
class ModernOpsTest {
    private static final Shape MAP = Shape.of(2, 6, 4, 5);
    private static final Shape ANY_MAP = Shape.of(Shape.ANY, 6, Shape.ANY, Shape.ANY);
    private static final Shape ROWS = Shape.of(2, 6);

    @Test
    void normsAndScalesAndShufflesKeepTheShape() {
        for (Op op : List.of(
                new LayerNorm(0),
                new GroupNorm(2, 0, 1),
                new LayerScale(1),
                new ChannelShuffle(6),
                new LocalResponseNorm(5, 0, 0, 1))) {
            assertThat(op.output(List.of(MAP))).isEqualTo(MAP);
            assertThat(op.output(List.of(ANY_MAP))).isEqualTo(ANY_MAP);
            assertThat(op.arity()).isEqualTo(1);
            assertThat(op.macs(List.of(MAP))).isZero();
            assertThat(op.window()).isEqualTo(Size.of(1));
        }
        assertThat(new LayerNorm(1e-6).output(List.of(ROWS))).isEqualTo(ROWS);
        assertThat(new LayerNorm(1e-6).output(List.of(Shape.of(Shape.ANY, 6)))).isEqualTo(Shape.of(Shape.ANY, 6));
    }

    @Test
    void slicesKeepTheChannelsFromTo() {
        assertThat(new Slice(1, 4).output(List.of(MAP))).isEqualTo(MAP.with(1, 3));
        assertThat(new Slice(0, 6).output(List.of(ANY_MAP))).isEqualTo(ANY_MAP);
        assertThat(new Slice(5, 6).output(List.of(ANY_MAP))).isEqualTo(ANY_MAP.with(1, 1));
    }

    @Test
    void selectionsHaveAsManyChannelsAsTheyAreAskedFor() {
        ChannelSelect select = new ChannelSelect(9);
        assertThat(select.output(List.of(MAP))).isEqualTo(MAP.with(1, 9));
        assertThat(select.output(List.of(ANY_MAP))).isEqualTo(ANY_MAP.with(1, 9));
        assertThat(select.output(List.of(ROWS))).isEqualTo(Shape.of(2, 9));
        assertThat(select.macs(List.of(MAP))).isZero();
        assertThat(select.parameters(List.of(ANY_MAP)))
                .containsExactly(new ParameterSpec(
                        "index", Shape.of(9), new Initializer.Spread(6), ParameterSpec.Kind.BUFFER, 6));
    }

    @Test
    void anIndexIsWholeNumbersThatAreThere() {
        ParameterSpec index =
                new ChannelSelect(3).parameters(List.of(MAP)).get(0).in("a.b");
        assertThat(index.isIndex()).isTrue();
        assertThat(index.isTrainable()).isFalse();
        assertThat(index.in("").below()).isEqualTo(6);
        assertThat(new BatchNorm(0, 0, false, 1).parameters(List.of(MAP))).noneMatch(ParameterSpec::isIndex);
        assertThat(index.indices(new float[] {5, 0, 5})).containsExactly(5, 0, 5);
        for (float fault : new float[] {-1, 6, 0.5f, Float.NaN, Float.POSITIVE_INFINITY, 1e10f}) {
            assertThatThrownBy(() -> index.indices(new float[] {1, fault, 2}))
                    .isInstanceOf(GraphException.class)
                    .hasMessage("a.b.index: holds " + fault + " at 1, must be whole numbers from 0 to 5");
        }
    }

    @Test
    void gatesHaveTheShapeOrOneNumberAMap() {
        Multiply multiply = new Multiply();
        assertThat(multiply.arity()).isEqualTo(2);
        assertThat(multiply.output(List.of(MAP, MAP))).isEqualTo(MAP);
        assertThat(multiply.output(List.of(MAP, Shape.of(2, 6, 1, 1)))).isEqualTo(MAP);
        assertThat(multiply.output(List.of(ANY_MAP, ANY_MAP))).isEqualTo(ANY_MAP);
        assertThat(multiply.output(List.of(ANY_MAP, Shape.of(Shape.ANY, 6, 1, 1))))
                .isEqualTo(ANY_MAP);
        assertThat(multiply.output(List.of(ROWS, ROWS))).isEqualTo(ROWS);
        assertThat(multiply.parameters(List.of(MAP, MAP))).isEmpty();
    }

    @Test
    void parametersAreOneNumberAChannel() {
        ParameterSpec.Kind kind = ParameterSpec.Kind.BIAS_OR_NORM;
        ParameterSpec bias = new ParameterSpec("bias", Shape.of(6), Initializer.zeros(), kind);
        assertThat(new LayerNorm(1e-6).parameters(List.of(ANY_MAP)))
                .containsExactly(new ParameterSpec("weight", Shape.of(6), Initializer.ones(), kind), bias);
        assertThat(new LayerNorm(1e-6).parameters(List.of(ROWS))).hasSize(2);
        assertThat(new GroupNorm(3, 1e-5, 0.25).parameters(List.of(ANY_MAP)))
                .containsExactly(new ParameterSpec("weight", Shape.of(6), new Initializer.Constant(0.25), kind), bias);
        assertThat(new LayerScale(1e-6).parameters(List.of(ANY_MAP)))
                .containsExactly(new ParameterSpec("gamma", Shape.of(6), new Initializer.Constant(1e-6), kind));
        assertThat(new ChannelShuffle(2).parameters(List.of(MAP))).isEmpty();
        assertThat(new Slice(0, 2).parameters(List.of(MAP))).isEmpty();
    }

    @Test
    void gatesAreSharesBetweenZeroAndOne() {
        assertThat(List.of(Activation.Function.values()).stream().filter(Activation.Function::isGate))
                .containsExactly(Activation.Function.SIGMOID, Activation.Function.HARD_SIGMOID);
    }
}
