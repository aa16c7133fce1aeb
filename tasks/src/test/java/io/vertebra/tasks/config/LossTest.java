package io.vertebra.tasks.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossTest {
    private static LossConfig loss(List<LossTerm> terms, List<Double> classWeights, Map<String, Double> weights) {
        return new LossConfig(null, terms, null, classWeights, weights);
    }

    @Test
    void nothingNeedsToBeGiven() {
        LossConfig config = loss(null, null, null);
        assertThat(config)
                .isEqualTo(LossConfig.defaults())
                .isEqualTo(new LossConfig(0.0, List.of(), SoftmaxCrossEntropy.Average.VALID, List.of(), Map.of()));
        assertThat(config.weight("seg")).isEqualTo(1.0);
        assertThat(new LossTerm.CrossEntropy(null)).isEqualTo(new LossTerm.CrossEntropy(1.0));
        assertThat(new LossTerm.Ohem(null, null, null)).isEqualTo(new LossTerm.Ohem(1.0, 0.7, 100_000));
        assertThat(new LossTerm.Dice(null, null)).isEqualTo(new LossTerm.Dice(1.0, 1.0));
        assertThat(new LossTerm.HardNegatives(null, null, null)).isEqualTo(new LossTerm.HardNegatives(1.0, 3.0, 0));
        assertThat(new LossTerm.Focal(null, null, null)).isEqualTo(new LossTerm.Focal(1.0, 0.25, 2.0));
        assertThat(new LossTerm.SmoothL1(null, null)).isEqualTo(new LossTerm.SmoothL1(1.0, 1.0));
        assertThat(new LossTerm.RpnCrossEntropy(null)).isEqualTo(new LossTerm.RpnCrossEntropy(1.0));
        assertThat(new LossTerm.RpnSmoothL1(null, null)).isEqualTo(new LossTerm.RpnSmoothL1(1.0, 1.0 / 9));
    }

    @Test
    void termsHaveNames() {
        assertThat(LossTerm.NAMES.keySet())
                .containsExactly(
                        "cross_entropy",
                        "ohem",
                        "dice",
                        "hard_negatives",
                        "focal",
                        "smooth_l1",
                        "rpn_cross_entropy",
                        "rpn_smooth_l1");
        List<LossTerm> all = List.of(
                new LossTerm.CrossEntropy(null),
                new LossTerm.Ohem(null, null, null),
                new LossTerm.Dice(null, null),
                new LossTerm.HardNegatives(null, null, null),
                new LossTerm.Focal(null, null, null),
                new LossTerm.SmoothL1(null, null),
                new LossTerm.RpnCrossEntropy(null),
                new LossTerm.RpnSmoothL1(null, null));
        assertThat(all).extracting(LossTerm::name).containsExactlyElementsOf(LossTerm.NAMES.keySet());
        assertThat(all).allMatch(term -> LossTerm.NAMES.get(term.name()) == term.getClass());
        assertThat(loss(all, null, null).terms()).isEqualTo(all);
    }

    @Test
    void aTaskTakesItsOwnTermsOrItsUsualOnes() {
        LossTerm dice = new LossTerm.Dice(2.0, null);
        LossTerm focal = new LossTerm.Focal(null, null, null);
        LossConfig config = loss(List.of(focal, dice), null, null);
        List<LossTerm> usual = List.of(new LossTerm.CrossEntropy(null));
        assertThat(config.terms(List.of(LossTerm.Dice.class, LossTerm.Ohem.class), usual))
                .containsExactly(dice);
        assertThat(config.terms(List.of(LossTerm.Dice.class, LossTerm.Focal.class), usual))
                .containsExactly(focal, dice);
        assertThat(config.terms(List.of(LossTerm.Ohem.class), usual)).isEqualTo(usual);
        assertThat(config.term(LossTerm.Dice.class, new LossTerm.Dice(1.0, 1.0)))
                .isSameAs(dice);
        LossTerm.Ohem ohem = new LossTerm.Ohem(null, null, null);
        assertThat(config.term(LossTerm.Ohem.class, ohem)).isSameAs(ohem);
    }

    @Test
    void aTermStandsOnce() {
        assertThatThrownBy(() -> loss(List.of(new LossTerm.Dice(1.0, null), new LossTerm.Dice(2.0, null)), null, null))
                .hasMessage("terms: have dice twice; give it a weight instead");
    }

    @Test
    void weightsAreThoseOfHeads() {
        LossConfig config = loss(null, null, Map.of("seg", 0.5, "det", 0.0));
        assertThat(config.weight("seg")).isEqualTo(0.5);
        assertThat(config.weight("det")).isZero();
        assertThat(config.weight("cls")).isEqualTo(1.0);
        assertThatThrownBy(() -> loss(null, null, Map.of("seg", -0.5)))
                .hasMessage("weights: seg must not be negative, is -0.5");
        assertThatThrownBy(() -> loss(null, null, Map.of("seg", Double.POSITIVE_INFINITY)))
                .hasMessageContaining("is Infinity");
        assertThat(loss(null, List.of(0.0, 2.0), null).classWeights()).containsExactly(0.0, 2.0);
        assertThatThrownBy(() -> loss(null, List.of(1.0, -1.0), null))
                .hasMessage("class_weights: must not be negative, has -1.0");
        assertThatThrownBy(() -> loss(null, List.of(Double.NaN), null)).hasMessageContaining("has NaN");
        assertThatThrownBy(() -> loss(null, List.of(Double.POSITIVE_INFINITY), null))
                .hasMessageContaining("has Infinity");
    }

    private static final List<Function<Double, LossTerm>> KINDS = List.of(
            LossTerm.CrossEntropy::new,
            weight -> new LossTerm.Ohem(weight, null, null),
            weight -> new LossTerm.Dice(weight, null),
            weight -> new LossTerm.HardNegatives(weight, null, null),
            weight -> new LossTerm.Focal(weight, null, null),
            weight -> new LossTerm.SmoothL1(weight, null),
            LossTerm.RpnCrossEntropy::new,
            weight -> new LossTerm.RpnSmoothL1(weight, null));

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void everyTermNeedsAWeight(double weight) {
        for (Function<Double, LossTerm> kind : KINDS) {
            assertThatThrownBy(() -> kind.apply(weight)).hasMessage("weight: must be above 0, is " + weight);
            assertThat(kind.apply(0.25).weight()).isEqualTo(0.25);
        }
    }

    @Test
    void termsRefuseWhatCannotBe() {
        assertThatThrownBy(() -> new LossTerm.Ohem(null, 0.0, null))
                .hasMessage("threshold: must lie in (0, 1], is 0.0");
        assertThatThrownBy(() -> new LossTerm.Ohem(null, 1.1, null)).hasMessageContaining("threshold");
        assertThat(new LossTerm.Ohem(null, 1.0, 1).threshold()).isEqualTo(1);
        assertThatThrownBy(() -> new LossTerm.Ohem(null, null, 0)).hasMessage("min_kept: must be at least 1, is 0");
        assertThatThrownBy(() -> new LossTerm.Dice(null, 0.0)).hasMessage("smooth: must be above 0, is 0.0");
        assertThatThrownBy(() -> new LossTerm.Dice(null, Double.POSITIVE_INFINITY))
                .hasMessageContaining("smooth");
        assertThatThrownBy(() -> new LossTerm.HardNegatives(null, -0.1, null))
                .hasMessage("ratio: must not be negative, is -0.1");
        assertThatThrownBy(() -> new LossTerm.HardNegatives(null, Double.POSITIVE_INFINITY, null))
                .hasMessageContaining("ratio");
        assertThat(new LossTerm.HardNegatives(null, 0.0, 0).ratio()).isZero();
        assertThatThrownBy(() -> new LossTerm.HardNegatives(null, null, -1))
                .hasMessage("min_negatives: must be at least 0, is -1");
        assertThatThrownBy(() -> new LossTerm.Focal(null, 1.1, null)).hasMessage("alpha: must be at most 1, is 1.1");
        assertThat(new LossTerm.Focal(null, -1.0, 0.0)).isEqualTo(new LossTerm.Focal(1.0, -1.0, 0.0));
        assertThat(new LossTerm.Focal(null, 1.0, 0.0).alpha()).isEqualTo(1);
        assertThatThrownBy(() -> new LossTerm.Focal(null, null, -1.0))
                .hasMessage("gamma: must not be negative, is -1.0");
        assertThatThrownBy(() -> new LossTerm.Focal(null, null, Double.POSITIVE_INFINITY))
                .hasMessageContaining("gamma");
        assertThatThrownBy(() -> new LossTerm.SmoothL1(null, -1.0)).hasMessage("beta: must not be negative, is -1.0");
        assertThatThrownBy(() -> new LossTerm.SmoothL1(null, Double.NaN)).hasMessageContaining("is NaN");
        assertThat(new LossTerm.SmoothL1(null, 0.0).beta()).isZero();
        assertThat(new LossTerm.SmoothL1(null, 0.5).beta()).isEqualTo(0.5);
        assertThatThrownBy(() -> new LossTerm.RpnSmoothL1(null, -1.0))
                .hasMessage("beta: must not be negative, is -1.0");
        assertThat(new LossTerm.RpnSmoothL1(null, 0.0).beta()).isZero();
    }
}
