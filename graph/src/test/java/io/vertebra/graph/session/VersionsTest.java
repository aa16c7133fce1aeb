package io.vertebra.graph.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionsTest {

    @Test
    void changeWithWhatIsAskedFor() {
        Versions versions = new Versions();
        long first = versions.of(true, true);
        long both = first;
        long weights = versions.of(true, false);
        long statistics = versions.of(false, true);
        versions.weightsChanged();
        assertThat(versions.of(true, true)).isNotEqualTo(both);
        assertThat(versions.of(true, false)).isNotEqualTo(weights);
        assertThat(versions.of(false, true)).isEqualTo(statistics);
        weights = versions.of(true, false);
        both = versions.of(true, true);
        versions.statisticsChanged();
        assertThat(versions.of(true, true)).isNotIn(both, first);
        assertThat(versions.of(true, false)).isEqualTo(weights);
        assertThat(versions.of(false, true)).isNotEqualTo(statistics);
        assertThat(versions.of(false, false)).isEqualTo(new Versions().of(false, false));
    }
}
