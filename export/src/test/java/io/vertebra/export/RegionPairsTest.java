package io.vertebra.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegionPairsTest {
    private static final float[] OURS = {0, 1, 2, 30, 40, 0, 5, 5, 9, 9, 1, 1, 2, 30, 40, 1, 0, 0, 0, 0};

    @Test
    void pairsByPictureAndBox() {
        float[] theirs = {1, 1, 2, 30, 40, 0, 5, 5.25f, 9, 9, 1, 0, 0, 0, 0, 0, 1, 2, 30, 40};
        assertThat(RegionPairs.of(OURS, theirs).theirs()).containsExactly(3, 1, 0, 2);
    }

    @Test
    void aBoxElsewhereIsAloneAndTakesNoOther() {
        float[] theirs = OURS.clone();
        theirs[9] = 9.5f;
        RegionPairs pairs = RegionPairs.of(OURS, theirs);
        assertThat(pairs.theirs()).containsExactly(0, -1, 2, 3);
        assertThat(pairs.agree()).isFalse();
        assertThat(pairs.difference(new float[4], new float[4])).isInfinite();
    }

    @Test
    void equalBoxesArePairedOnce() {
        float[] twice = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4};
        float[] near = {0, 1, 2, 3, 4.25f, 0, 1, 2, 3, 4};
        assertThat(RegionPairs.of(twice, near).theirs()).containsExactly(1, 0);
    }

    @Test
    void fewMayBeAlone() {
        float[] many = new float[5 * 100];
        for (int r = 0; r < 100; r++) {
            many[5 * r + 3] = r;
            many[5 * r + 4] = r;
        }
        float[] theirs = many.clone();
        theirs[5 * 7 + 1] = -3;
        theirs[5 * 8 + 1] = -3;
        assertThat(RegionPairs.of(many, theirs).agree()).isTrue();
        theirs[5 * 9 + 1] = -3;
        assertThat(RegionPairs.of(many, theirs).agree()).isFalse();
    }

    @Test
    void outputsOfRegionsAreComparedPairByPair() {
        float[] theirs = new float[OURS.length];
        System.arraycopy(OURS, 0, theirs, 5, 15);
        System.arraycopy(OURS, 15, theirs, 0, 5);
        Map<String, Double> differences = OnnxCheck.differences(
                outputs(OURS, new float[] {1, 2, 3, 4, 5, 6, 7, 8}),
                outputs(theirs, new float[] {7, 8, 1, 2, 3, 4, 5, 6.5f}));
        assertThat(differences.get("det.proposals")).isZero();
        assertThat(differences.get("det.logits")).isCloseTo(0.5 / 8, within(1e-9));
        assertThat(differences.get("seg.logits")).isCloseTo(6.0 / 8, within(1e-9));
    }

    private static Outputs outputs(float[] proposals, float[] logits) {
        Map<String, Tensor.Floats> outputs = new LinkedHashMap<>();
        outputs.put("det.logits", Tensor.of(logits, 4, 2));
        outputs.put("det.proposals", Tensor.of(proposals, 4, 5));
        outputs.put("seg.logits", Tensor.of(logits, 4, 2));
        return new Outputs(outputs);
    }
}
