package io.vertebra.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Shapes of the operators of dense heads, and of losses. */
class DenseOpsTest {
    private static final Shape ANY_MAP = Shape.of(Shape.ANY, 6, Shape.ANY, Shape.ANY);

    @Test
    void resizingTakesTheSizeOfTheOther() {
        Resize resize = new Resize(Resize.Filter.BILINEAR, false);
        Shape map = Shape.of(2, 6, 4, 5);
        assertThat(resize.output(List.of(map, Shape.of(2, 3, 17, 19)))).isEqualTo(Shape.of(2, 6, 17, 19));
        assertThat(resize.output(List.of(map, Shape.of(Shape.ANY, 3, Shape.ANY, 19))))
                .isEqualTo(Shape.of(2, 6, Shape.ANY, 19));
        assertThat(resize.output(List.of(ANY_MAP, map))).isEqualTo(Shape.of(Shape.ANY, 6, 4, 5));
        assertThat(resize.sizedBy()).isEqualTo(1);
        assertThat(resize.reads(0)).isTrue();
        assertThat(resize.reads(1)).isFalse();
        assertThat(resize.arity()).isEqualTo(2);
        assertThat(resize.window()).isEqualTo(Size.of(2));
        assertThat(new Resize(Resize.Filter.NEAREST, false).window()).isEqualTo(Size.of(1));
        // every other operator is measured by its first input and reads all of them
        for (Op op : OpSamples.all()) {
            assertThat(op.sizedBy()).isEqualTo(op instanceof Resize ? 1 : op instanceof RegionProposals ? 3 : 0);
            assertThat(op.reads(1)).isEqualTo(!(op instanceof Resize));
        }
    }

    @Test
    void mapsBecomeRows() {
        assertThat(new MapRows(3).output(List.of(Shape.of(2, 6, 4, 5)))).isEqualTo(Shape.of(2, 40, 3));
        assertThat(new MapRows(1).output(List.of(Shape.of(2, 6, 4, 5)))).isEqualTo(Shape.of(2, 120, 1));
        assertThat(new MapRows(2).output(List.of(ANY_MAP))).isEqualTo(Shape.of(Shape.ANY, Shape.ANY, 2));
        assertThat(new MapRows(2).output(List.of(Shape.of(2, 6, 4, Shape.ANY)))).isEqualTo(Shape.of(2, Shape.ANY, 2));
        assertThat(new MapRows(2).output(List.of(Shape.of(2, 6, Shape.ANY, 5)))).isEqualTo(Shape.of(2, Shape.ANY, 2));
        Shape rows = Shape.of(2, 40, 3);
        assertThat(new Concat().output(List.of(rows, rows.with(1, 7), rows))).isEqualTo(Shape.of(2, 87, 3));
        assertThat(new Concat().output(List.of(rows, rows.with(1, Shape.ANY), rows)))
                .isEqualTo(Shape.of(2, Shape.ANY, 3));
        assertThat(new Concat().output(List.of(rows.with(1, Shape.ANY), rows))).isEqualTo(Shape.of(2, Shape.ANY, 3));
        L2Norm norm = new L2Norm(1e-6, 20);
        assertThat(norm.output(List.of(ANY_MAP))).isEqualTo(ANY_MAP);
        assertThat(norm.parameters(List.of(ANY_MAP)))
                .containsExactly(new ParameterSpec(
                        "scale_weight", Shape.of(6), new Initializer.Constant(20), ParameterSpec.Kind.BIAS_OR_NORM));
    }

    @Test
    void regionsBecomeSmallMaps() {
        Shape map = Shape.of(2, 6, 9, 8);
        Size bins = new Size(3, 7);
        for (Op op : List.of(new RoiAlign(bins, 0.5, 2, true), new RoiPool(bins, 0.5))) {
            assertThat(op.arity()).isEqualTo(2);
            assertThat(op.output(List.of(map, Shape.of(11, 5)))).isEqualTo(Shape.of(11, 6, 3, 7));
            assertThat(op.output(List.of(ANY_MAP, Shape.of(Shape.ANY, 5)))).isEqualTo(Shape.of(Shape.ANY, 6, 3, 7));
        }
    }

    @Test
    void lossesOfDenseOutputsAreScalars() {
        Shape map = Shape.of(2, 6, 4, 5);
        Shape rows = Shape.of(2, 7, 4);
        Shape unknown = Shape.of(Shape.ANY, Shape.ANY, 4);
        Shape labels = Shape.of(2, 7);
        SoftmaxDice dice = new SoftmaxDice(1, 255);
        assertThat(dice.output(List.of(map, Shape.of(2, 4, 5)))).isEqualTo(Shape.of());
        assertThat(dice.output(List.of(ANY_MAP, Shape.of(Shape.ANY, Shape.ANY, Shape.ANY))))
                .isEqualTo(Shape.of());
        for (Op op : List.of(new HardNegativeCrossEntropy(3, 0), new SigmoidFocal(0.25, 2, false))) {
            assertThat(op.arity()).isEqualTo(2);
            assertThat(op.output(List.of(rows, labels))).isEqualTo(Shape.of());
            assertThat(op.output(List.of(unknown, labels))).isEqualTo(Shape.of());
            assertThat(((Labelled) op).ignore()).isEqualTo(-1);
        }
        assertThat(dice.ignore()).isEqualTo(255);
        BoxSmoothL1 boxes = new BoxSmoothL1(1);
        assertThat(boxes.arity()).isEqualTo(3);
        assertThat(boxes.output(List.of(rows, rows, labels))).isEqualTo(Shape.of());
        assertThat(boxes.output(List.of(unknown, rows, labels))).isEqualTo(Shape.of());
        WeightedSum sum = new WeightedSum(List.of(1.0, 0.5, 2.0));
        assertThat(sum.arity()).isEqualTo(3);
        assertThat(sum.output(List.of(Shape.of(), Shape.of(), Shape.of()))).isEqualTo(Shape.of());
    }

    @Test
    void weightsOfClassesAreOneEach() {
        SoftmaxCrossEntropy two =
                new SoftmaxCrossEntropy(0, 255, List.of(0.5, 2.0), null, SoftmaxCrossEntropy.Average.VALID);
        assertThat(two.output(List.of(Shape.of(3, 2), Shape.of(3)))).isEqualTo(Shape.of());
        assertThat(two.output(List.of(Shape.of(3, 2, 4, 4), Shape.of(3, 4, 4)))).isEqualTo(Shape.of());
        assertThat(new SoftmaxCrossEntropy(0.1, 7))
                .isEqualTo(new SoftmaxCrossEntropy(0.1, 7, List.of(), null, SoftmaxCrossEntropy.Average.VALID));
    }

    @Test
    void lossesAreScalars() {
        SoftmaxCrossEntropy op = new SoftmaxCrossEntropy(0.1, SoftmaxCrossEntropy.IGNORE);
        assertThat(op.output(List.of(Shape.of(2, 6), Shape.of(2)))).isEqualTo(Shape.of());
        assertThat(op.output(List.of(Shape.of(2, 6), Shape.of(2, 6)))).isEqualTo(Shape.of());
        assertThat(op.output(List.of(Shape.of(Shape.ANY, 6), Shape.of(Shape.ANY))))
                .isEqualTo(Shape.of());
        assertThat(op.output(List.of(Shape.of(2, 6, 4, 5), Shape.of(2, 4, 5)))).isEqualTo(Shape.of());
        assertThat(op.output(List.of(ANY_MAP, Shape.of(Shape.ANY, 4, 5)))).isEqualTo(Shape.of());
        assertThat(op.output(List.of(Shape.of(2, 6, 4, 5), Shape.of(2, Shape.ANY, Shape.ANY))))
                .isEqualTo(Shape.of());
    }
}
