package io.vertebra.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Padding;
import org.junit.jupiter.api.Test;

class ConventionsTest {

    @Test
    void conventionsChangePaddingEpsilonAndNorms() {
        GraphBuilder g = new GraphBuilder(new Conventions(true, 1e-3, true));
        Node x = g.image(6, 8, 8);
        assertThat(((Convolution) g.conv("a", x, Conv.of(3, 4)).op()).padding()).isEqualTo(Padding.same());
        assertThat(((Convolution) g.conv("b", x, Conv.of(3, 4).padding(Padding.of(2)))
                                .op())
                        .padding())
                .isEqualTo(Padding.of(2));
        assertThat(g.in("scope").batchNorm("bn", x, 1e-4, 1).op()).isEqualTo(new BatchNorm(1e-3, 0.1, true, 1));
        assertThat(Conventions.DEFAULT).isEqualTo(new Conventions(false, null, false));
        assertThat(new Conventions(true, 1e-3, false).withFrozenNorm()).isEqualTo(new Conventions(true, 1e-3, true));
    }

    @Test
    void whatTheyDoNotNameStaysTheFamilysOwn() {
        BatchNorm own = new BatchNorm(1e-3, 0.01, false, 0.5);
        assertThat(Conventions.DEFAULT.apply(own)).isEqualTo(own);
        assertThat(new Conventions(true, 1e-4, false).apply(own)).isEqualTo(new BatchNorm(1e-4, 0.01, false, 0.5));
        assertThat(Conventions.DEFAULT.withFrozenNorm().apply(own)).isEqualTo(new BatchNorm(1e-3, 0.01, true, 0.5));
        // a norm that is frozen anyway stays so
        BatchNorm frozen = new BatchNorm(1e-3, 0.01, true, 0.5);
        assertThat(Conventions.DEFAULT.apply(frozen)).isEqualTo(frozen);
    }
}
