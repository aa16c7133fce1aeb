package io.vertebra.backbones.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.backbones.embed.EmbeddingIndex.Match;
import org.junit.jupiter.api.Test;

class EmbeddingIndexTest {

    @Test
    void theMostSimilarComeFirstWhateverTheirLength() {
        EmbeddingIndex<String> index = new EmbeddingIndex<>();
        index.add("across", new float[] {0, 100, 0});
        index.add("opposite", new float[] {-3, 0, 0});
        index.add("near", new float[] {0.3f, 0.4f, 0});
        index.add("same", new float[] {0.001f, 0, 0});
        index.add("same too", new float[] {7, 0, 0});

        assertThat(index.nearest(new float[] {2, 0, 0}, 10))
                .extracting(Match::key)
                .containsExactly("same", "same too", "near", "across", "opposite");
        assertThat(index.nearest(new float[] {2, 0, 0}, 10).get(2).similarity()).isCloseTo(0.6, within(1e-6));
        assertThat(index.nearest(new float[] {2, 0, 0}, 10).get(4).similarity()).isCloseTo(-1, within(1e-6));
        assertThat(index.nearest(new float[] {0, 1, 0}, 1))
                .extracting(Match::key)
                .containsExactly("across");
        assertThat(index.size()).isEqualTo(5);
    }

    @Test
    void keepsACopy() {
        EmbeddingIndex<Integer> index = new EmbeddingIndex<>();
        float[] vector = {1, 0};
        index.add(1, vector);
        vector[0] = -1;
        assertThat(index.nearest(new float[] {1, 0}, 1).get(0).similarity()).isEqualTo(1);
        assertThat(vector).containsExactly(-1, 0);
    }

    @Test
    void refusesWhatHasNoDirectionOrAnotherLength() {
        EmbeddingIndex<Integer> index = new EmbeddingIndex<>();
        assertThatThrownBy(() -> index.add(1, new float[2])).hasMessageContaining("has the length 0.0");
        assertThatThrownBy(() -> index.add(1, new float[] {Float.NaN})).hasMessageContaining("NaN");
        assertThatThrownBy(() -> index.add(1, new float[] {Float.POSITIVE_INFINITY}))
                .hasMessageContaining("Infinity");
        assertThat(index.nearest(new float[] {1}, 3)).isEmpty();
        index.add(1, new float[] {1, 2});
        assertThatThrownBy(() -> index.add(2, new float[] {1, 2, 3}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("embedding: has 3 values, those before it have 2");
        assertThatThrownBy(() -> index.nearest(new float[] {1}, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("embedding: has 1 values, not 2");
        assertThat(index.size()).isEqualTo(1);
    }
}
