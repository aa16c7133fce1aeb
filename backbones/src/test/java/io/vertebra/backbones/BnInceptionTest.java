package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.op.Shape;
import org.junit.jupiter.api.Test;

class BnInceptionTest {

    /** pytorchcv's pyramid begins at reduction 8; heads that take finer maps get those of figure 5's first rows. */
    @Test
    void givesHeadsTheMapsOfItsStemToo() {
        Backbone<?> backbone = Networks.get("bninception");
        GraphBuilder g = new GraphBuilder();
        Pyramid pyramid = backbone.build(g.image(3, Shape.ANY, Shape.ANY), g);
        Pyramid dense = backbone.dense(pyramid, g);
        assertThat(dense.channels()).containsExactly(64, 192, 320, 608, 1024);
        assertThat(dense.reductions()).containsExactly(2, 4, 8, 16, 32);
        assertThat(dense.levels().subList(2, 5)).isEqualTo(pyramid.levels());
        assertThat(dense.auxiliary()).isEmpty();
    }
}
