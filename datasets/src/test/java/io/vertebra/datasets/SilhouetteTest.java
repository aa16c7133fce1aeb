package io.vertebra.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.images.LabelMap;
import io.vertebra.images.Mask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SilhouetteTest {

    private static final Mask MASK = Mask.ofRuns(2, 2, 1, 2, 1);

    @Test
    void worksOutThePixelsOnceAndOnlyIfAsked() {
        AtomicInteger calls = new AtomicInteger();
        Silhouette lazy = Silhouette.lazily(() -> {
            calls.incrementAndGet();
            return MASK;
        });
        Silhouette flipped = lazy.moved(LabelMap::flipped);
        assertThat(lazy.isKnown()).isTrue();
        assertThat(lazy.hashCode()).isEqualTo(Silhouette.of(MASK).hashCode());
        assertThat(lazy).hasToString("Silhouette");
        assertThat(calls).hasValue(0);
        assertThat(lazy.mask()).contains(MASK);
        assertThat(flipped.mask()).contains(Mask.where(MASK.toMap().flipped(), 1));
        assertThat(lazy.mask()).contains(MASK);
        assertThat(calls).hasValue(1);
        assertThat(lazy).isEqualTo(Silhouette.of(MASK)).isNotEqualTo(flipped).isNotEqualTo(Silhouette.NONE);
    }

    @Test
    void nothingKnownStaysNothing() {
        assertThat(Silhouette.NONE.isKnown()).isFalse();
        assertThat(Silhouette.NONE.mask()).isEmpty();
        assertThat(Silhouette.NONE.moved(LabelMap::flipped).mask()).isEmpty();
        assertThat(Silhouette.NONE).hasToString("none").isNotEqualTo(MASK);
    }
}
