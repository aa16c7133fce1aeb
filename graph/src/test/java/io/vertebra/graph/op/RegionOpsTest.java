package io.vertebra.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shapes of the operators of two-stage detectors, and into which inputs gradients flow. */
class RegionOpsTest {
    private static final int ANY = Shape.ANY;
    private static final RegionProposals PROPOSALS = new RegionProposals(
            List.of(List.of(8.0, 9.0), List.of(16.0)), List.of(List.of(1.0), List.of(0.5, 1.0, 2.0)), 9, 7, 0.7, 0);
    private static final List<Double> WEIGHTS = List.of(1.0, 1.0, 1.0, 1.0);

    private static Shape proposals(Shape logits, Shape encodings, Shape sizes, Shape fine, Shape coarse) {
        return PROPOSALS.output(List.of(logits, encodings, sizes, Shape.of(logits.n(), 3, 32, 40), fine, coarse));
    }

    @Test
    void proposalsAreAsManyForEachPicture() {
        Shape fine = Shape.of(2, 8, 4, 5); // 40 anchors
        Shape coarse = Shape.of(2, 8, 2, 3); // 18
        assertThat(proposals(Shape.of(2, 58, 1), Shape.of(2, 58, 4), Shape.of(2, 2), fine, coarse))
                .isEqualTo(Shape.of(14, 5));
        Shape unknown = Shape.of(ANY, 8, ANY, 5);
        assertThat(proposals(Shape.of(ANY, ANY, 1), Shape.of(ANY, ANY, 4), Shape.of(ANY, 2), unknown, coarse))
                .isEqualTo(Shape.of(ANY, 5));
        assertThat(proposals(Shape.of(ANY, 58, 1), Shape.of(ANY, 58, 4), Shape.of(ANY, 2), fine, unknown))
                .isEqualTo(Shape.of(ANY, 5));
        assertThat(PROPOSALS.levels()).isEqualTo(2);
        assertThat(PROPOSALS.perCell(0)).isEqualTo(2);
        assertThat(PROPOSALS.perCell(1)).isEqualTo(3);
        assertThat(PROPOSALS.arity()).isEqualTo(ANY);
        assertThat(PROPOSALS.type()).isEqualTo(DataType.F32);
    }

    /** log(p / (1 − p)), which proposals compare logits with. */
    @ParameterizedTest
    @CsvSource({"0, -Infinity", "0.25, -1.0986123", "0.5, 0", "0.75, 1.0986123"})
    void aLeastProbabilityIsALeastLogit(double probability, float logit) {
        List<List<Double>> most = List.of(Collections.nCopies(64, 1.0));
        RegionProposals op = new RegionProposals(most, List.of(List.of(1.0)), 1, 1, 0.5, 0, probability);
        assertThat(op.leastLogit()).isEqualTo(logit);
        assertThat(op.perCell(0)).isEqualTo(64);
    }

    @Test
    void proposalsReadLogitsEncodingsAndSizes() {
        assertThat(PROPOSALS.sizedBy()).isEqualTo(3);
        for (int input = 0; input < 6; input++) {
            assertThat(PROPOSALS.reads(input)).isEqualTo(input < 3);
            assertThat(PROPOSALS.passesGradient(input)).isFalse();
        }
    }

    @Test
    void samplesLabelsAndTargetsFitTheirRegions() {
        List<Shape> known = List.of(Shape.of(6, 5), Shape.of(2, 4, 4), Shape.of(2, 4));
        List<Shape> unknown = List.of(Shape.of(ANY, 5), Shape.of(ANY, ANY, 4), Shape.of(ANY, ANY));
        RegionSamples samples = new RegionSamples(9, 0.5, 0.5);
        assertThat(samples.output(known)).isEqualTo(Shape.of(18, 5));
        assertThat(samples.output(unknown)).isEqualTo(Shape.of(ANY, 5));
        assertThat(samples.output(List.of(Shape.of(6, 5), unknown.get(1), unknown.get(2))))
                .isEqualTo(Shape.of(ANY, 5));
        assertThat(samples.output(List.of(unknown.get(0), known.get(1), known.get(2))))
                .isEqualTo(Shape.of(18, 5));
        RegionLabels labels = new RegionLabels(0.5);
        assertThat(labels.output(known)).isEqualTo(Shape.of(6));
        assertThat(labels.output(unknown)).isEqualTo(Shape.of(ANY));
        assertThat(labels.type()).isEqualTo(DataType.I32);
        RegionTargets targets = new RegionTargets(0.5, WEIGHTS);
        assertThat(targets.output(known)).isEqualTo(Shape.of(6, 4));
        assertThat(targets.output(unknown)).isEqualTo(Shape.of(ANY, 4));
        for (Op op : List.of(samples, labels, targets)) {
            assertThat(op.arity()).isEqualTo(3);
        }
    }

    @Test
    void theLossIsAScalar() {
        RegionSmoothL1 loss = new RegionSmoothL1(1);
        assertThat(loss.output(List.of(Shape.of(6, 12), Shape.of(6, 4), Shape.of(6))))
                .isEqualTo(Shape.of());
        assertThat(loss.output(List.of(Shape.of(ANY, 12), Shape.of(6, 4), Shape.of(ANY))))
                .isEqualTo(Shape.of());
        assertThat(loss.arity()).isEqualTo(3);
    }

    @Test
    void regionsAreCutFromMapsOfTheSameChannels() {
        RoiAlign op = new RoiAlign(new Size(2, 3), List.of(0.25, 0.125, 0.0625), 2, false);
        assertThat(op.arity()).isEqualTo(4);
        Shape fine = Shape.of(2, 6, 9, 8);
        List<Shape> inputs = List.of(fine, Shape.of(2, 6, 4, 4), Shape.of(ANY, 6, 2, 1), Shape.of(11, 5));
        assertThat(op.output(inputs)).isEqualTo(Shape.of(11, 6, 2, 3));
        for (int input = 0; input < 4; input++) {
            assertThat(op.passesGradient(input)).isEqualTo(input < 3);
        }
    }

    /** Labels, targets, regions and sizes have none; everything else that is read has one. */
    @Test
    void gradientsFlowIntoWhatIsNoTruth() {
        Set<String> none = Set.of("region_proposals", "region_samples", "region_labels", "region_targets");
        Set<String> first = Set.of(
                "softmax_cross_entropy",
                "softmax_dice",
                "hard_negative_cross_entropy",
                "sigmoid_focal",
                "box_smooth_l1",
                "region_smooth_l1",
                "roi_pool",
                "resize");
        for (Op op : OpSamples.all()) {
            int passing = op instanceof RoiAlign align ? align.scales().size() : first.contains(op.kind()) ? 1 : 9;
            for (int input = 0; input < 5; input++) {
                assertThat(op.passesGradient(input))
                        .as("%s, input %d", op.kind(), input)
                        .isEqualTo(!none.contains(op.kind()) && input < passing && op.reads(input));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        // K, background, label, wanted
        "4, false, 2, 2",
        "4, false, 0, -1",
        "4, true, 0, 0",
        "4, true, 3, 3",
        "4, true, -1, -1",
        "1, false, 1, 0",
        "1, false, 0, -1",
        "1, false, -1, -1",
        "1, true, 0, 0",
    })
    void aLabelWantsAColumn(int columns, boolean background, int label, int wanted) {
        SigmoidFocal op = new SigmoidFocal(0.25, 2, background);
        assertThat(op.wanted(label, columns)).isEqualTo(wanted);
        assertThat(op.classes(columns)).isEqualTo(columns == 1 && !background ? 2 : columns);
        assertThat(new SoftmaxCrossEntropy(0, 255).classes(columns)).isEqualTo(columns);
    }
}
