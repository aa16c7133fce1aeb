package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.Pass;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases hold what they are there for: a case whose regions all lie beside their objects would test nothing. */
class TwoStageCasesTest {

    private static Pass pass(OperatorCase one) {
        return ReferenceInterpreter.of(one.graph(), one.parameters(Precision.FP32))
                .forward(one.batch(Precision.FP32), Form.INFERENCE);
    }

    private static List<double[]> rows(OperatorCase one, Class<?> op) {
        Pass pass = pass(one);
        List<double[]> rows = new ArrayList<>();
        for (Node node : one.graph().nodes()) {
            if (op.isInstance(node.op())) {
                double[] all = pass.value(node).data();
                int width = node.shape().rank() == 1 ? 1 : node.shape().c();
                for (int i = 0; i < all.length; i += width) {
                    rows.add(Arrays.copyOfRange(all, i, i + width));
                }
            }
        }
        return rows;
    }

    private static boolean isEmpty(double[] roi) {
        return !(roi[3] > roi[1] && roi[4] > roi[2]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"two stages", "two stages.everything is a sample", "region_labels", "two stages.the second"})
    void regionsHaveClassesBackgroundAndNone(String name) {
        Set<Integer> labels = new HashSet<>();
        rows(Cases.named(name), RegionLabels.class).forEach(row -> labels.add((int) row[0]));
        assertThat(labels).contains(0).anyMatch(label -> label > 0);
        if (name.equals("region_labels") || name.contains("everything")) {
            assertThat(labels).contains(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "region_proposals.two levels, 0",
        "region_proposals.all of them, 1",
        "region_proposals.fewer than are wanted, 2",
        "region_proposals.far beyond the picture, 2",
        "region_proposals.larger than a side can be, 3"
    })
    void proposalsFallShortWhereTheyShould(String name, int empty) {
        List<double[]> rois = rows(Cases.named(name), RegionProposals.class);
        long none = rois.stream().filter(TwoStageCasesTest::isEmpty).count();
        switch (empty) {
            case 0 -> assertThat(none).isZero();
            case 3 -> assertThat(none).isEqualTo(rois.size());
            default -> assertThat(none).isBetween(1L, rois.size() - 1L);
        }
    }

    @Test
    void samplesFallShortWhereThereAreTooFew() {
        assertThat(rows(Cases.named("region_samples.more than candidates"), RegionSamples.class))
                .anyMatch(TwoStageCasesTest::isEmpty);
        assertThat(rows(Cases.named("region_samples.one"), RegionSamples.class)).noneMatch(TwoStageCasesTest::isEmpty);
    }

    @ParameterizedTest
    @CsvSource({"roi_align.three levels, 3", "roi_align.two levels, 2", "two stages, 2"})
    void regionsAreCutFromEveryLevel(String name, int levels) {
        OperatorCase one = Cases.named(name);
        Pass pass = pass(one);
        Set<Long> found = new HashSet<>();
        for (Node node : one.graph().nodes()) {
            if (node.op() instanceof RoiAlign align) {
                double[] rois = pass.value(node.inputs().get(levels)).data();
                double first = -Math.log(align.scales().get(0)) / Math.log(2);
                for (int i = 0; i < rois.length; i += 5) {
                    double side = Math.sqrt((rois[i + 3] - rois[i + 1]) * (rois[i + 4] - rois[i + 2]));
                    double level = Math.floor(4 + Math.log(side / 224) / Math.log(2));
                    found.add(Math.round(Math.max(0, Math.min(levels - 1, level - first))));
                }
            }
        }
        assertThat(found).hasSize(levels);
    }
}
