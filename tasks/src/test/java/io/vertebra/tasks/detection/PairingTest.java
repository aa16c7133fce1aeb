package io.vertebra.tasks.detection;

import static io.vertebra.tasks.Scenes.crowd;
import static io.vertebra.tasks.Scenes.difficult;
import static io.vertebra.tasks.Scenes.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Instance;
import io.vertebra.images.Box;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairingTest {
    /** The data's classes 0, 1 are the network's 2, 0. */
    private static final List<Integer> OWN = List.of(2, 0);

    private static final Instance TRUTH = object(0, 0, 0, 10, 10);

    private static Found found(int label, double score, float x1, float y1, float x2, float y2) {
        return new Found(label, score, new Box(x1, y1, x2, y2));
    }

    private static Pairing pair(List<Found> found, Instance... truths) {
        return Pairing.of(found, List.of(truths), OWN);
    }

    @Test
    void overlapIsIntersectionOverUnion() {
        Found f = found(0, 1, 0, 0, 10, 10);
        assertThat(f.overlap(new Box(5, 0, 15, 10))).isCloseTo(1 / 3.0, within(1e-9));
        assertThat(f.overlap(new Box(0, 6, 10, 16))).isCloseTo(0.25, within(1e-9));
        assertThat(f.overlap(new Box(20, 20, 30, 30))).isZero();
        assertThat(f.overlap(new Box(20, 0, 30, 10))).isZero();
        assertThat(found(0, 1, 3, 3, 3, 3).overlap(new Box(3, 3, 3, 3))).isZero();
        assertThat(f.share(new Box(5, 0, 15, 10))).isCloseTo(0.5, within(1e-9));
        assertThat(found(0, 1, 3, 3, 3, 3).share(new Box(0, 0, 9, 9))).isZero();
    }

    @Test
    void aHitHasTheClassOfTheTruthOrNot() {
        Found right = found(2, 0.9, 0, 0, 10, 9);
        Pairing pairing = pair(List.of(right), TRUTH);
        assertThat(pairing.hits()).containsExactly(new Pairing.Hit(right, TRUTH, true));
        assertThat(pairing.faults()).isZero();
        Found wrong = found(0, 0.9, 0, 0, 10, 9);
        pairing = pair(List.of(wrong), TRUTH);
        assertThat(pairing.hits()).containsExactly(new Pairing.Hit(wrong, TRUTH, false));
        assertThat(pairing.extra()).isEmpty();
        assertThat(pairing.missed()).isEmpty();
        assertThat(pairing.faults()).isEqualTo(1);
    }

    @Test
    void halfIsEnoughLessIsNot() {
        assertThat(pair(List.of(found(2, 0.9, 0, 0, 10, 5)), TRUTH).hits()).hasSize(1);
        Pairing pairing = pair(List.of(found(2, 0.9, 0, 0, 10, 4.9f)), TRUTH);
        assertThat(pairing.hits()).isEmpty();
        assertThat(pairing.extra()).hasSize(1);
        assertThat(pairing.missed()).containsExactly(TRUTH);
        assertThat(pairing.faults()).isEqualTo(2);
    }

    @Test
    void anObjectIsFoundOnceAndTheNearestIsTaken() {
        Instance near = object(0, 0, 2, 10, 12);
        Found first = found(2, 0.9, 0, 2, 10, 12);
        Found second = found(2, 0.8, 0, 2, 10, 12);
        Found third = found(2, 0.7, 0, 2, 10, 12);
        Pairing pairing = pair(List.of(first, second, third), TRUTH, near);
        assertThat(pairing.hits())
                .containsExactly(new Pairing.Hit(first, near, true), new Pairing.Hit(second, TRUTH, true));
        assertThat(pairing.extra()).containsExactly(third);
        assertThat(pairing.missed()).isEmpty();
    }

    @Test
    void crowdsAndDifficultObjectsNeedNotBeFound() {
        Instance crowd = crowd(object(0, 0, 0, 40, 40));
        Instance hard = difficult(TRUTH);
        assertThat(pair(List.of(), crowd, hard).faults()).isZero();
        Found part = found(2, 0.9, 30, 30, 35, 35);
        assertThat(pair(List.of(part, part), crowd).extra()).isEmpty();
        assertThat(pair(List.of(part, part), crowd).hits()).isEmpty();
        assertThat(pair(List.of(found(2, 0.9, 0, 0, 10, 9)), hard).extra()).isEmpty();
        assertThat(pair(List.of(found(2, 0.9, 0, 0, 10, 5)), hard).extra()).isEmpty(); // half of it
        assertThat(pair(List.of(found(2, 0.9, 35, 30, 45, 35)), crowd).extra()).isEmpty(); // half in it
        assertThat(pair(List.of(found(2, 0.9, 0, 0, 4, 4)), hard).extra()).hasSize(1);
        assertThat(pair(List.of(found(0, 0.9, 30, 30, 35, 35)), crowd).extra()).hasSize(1);
        assertThat(pair(List.of(found(2, 0.9, 36, 30, 46, 35)), crowd).extra()).hasSize(1);
    }

    @Test
    void whatCountsIsTakenBeforeACrowd() {
        Pairing pairing = pair(List.of(found(2, 0.9, 0, 0, 10, 10)), crowd(object(0, 0, 0, 40, 40)), TRUTH);
        assertThat(pairing.hits()).hasSize(1);
        assertThat(pairing.missed()).isEmpty();
    }
}
