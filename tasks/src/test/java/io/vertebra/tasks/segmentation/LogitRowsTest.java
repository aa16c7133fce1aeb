package io.vertebra.tasks.segmentation;

import static io.vertebra.tasks.segmentation.RowsOf.logits;
import static io.vertebra.tasks.segmentation.RowsOf.noise;
import static io.vertebra.tasks.segmentation.RowsOf.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.engine.Tensor;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Size;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogitRowsTest {
    @Test
    void aPictureOfABatchIsReadClassByClass() {
        float[] two = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
        StoredLogits second = StoredLogits.of(Tensor.of(two, 2, 2, 2, 2), 1);
        float[] row = new float[4];
        second.row(1, row);
        assertThat(row).containsExactly(3, 4, 7, 8);
        StoredLogits copy = second.copied();
        two[8] = 99;
        assertThat(values(copy)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(values(second)[0]).isEqualTo(99);
    }

    @Test
    void theLargestLogitWinsTheFirstOfEqualOnes() {
        LabelMap map = logits(3, 2, 2, 1, 5, -2, 7, 1, 6, -1, 7, 0, 4, -3, 8).labels();
        assertThat(map.height()).isEqualTo(2);
        assertThat(map.width()).isEqualTo(2);
        assertThat(map.data()).containsExactly(0, 1, 1, 2);
    }

    @Test
    void theTopLeftPartIsCut() {
        LogitRows rows = logits(2, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        LogitRows cut = rows.cut(1, 2);
        assertThat(cut.height()).isEqualTo(1);
        assertThat(cut.width()).isEqualTo(2);
        assertThat(cut.classes()).isEqualTo(2);
        assertThat(values(cut)).containsExactly(1, 2, 7, 8);
        assertThat(values(rows.cut(2, 1))).containsExactly(1, 4, 7, 10);
        assertThat(values(rows.cut(1, 3))).containsExactly(1, 2, 3, 7, 8, 9);
        assertThat(rows.cut(2, 3)).isSameAs(rows);
    }

    @Test
    void leftAndRightAreExchanged() {
        LogitRows mirrored = logits(2, 1, 3, 1, 2, 3, 4, 5, 6).mirrored();
        assertThat(values(mirrored)).containsExactly(3, 2, 1, 6, 5, 4);
        assertThat(mirrored.labels().data()).containsExactly(1, 1, 1);
        assertThat(values(logits(1, 2, 2, 1, 2, 3, 4).mirrored())).containsExactly(2, 1, 4, 3);
    }

    @Test
    void probabilitiesAreASoftmaxThatDoesNotOverflow() {
        float two = (float) Math.log(2);
        float[] p = values(logits(2, 1, 2, two + 500, 0, 500, 0).probabilities());
        assertThat(p[0]).isCloseTo(2f / 3, within(1e-5f));
        assertThat(p[1]).isEqualTo(0.5f);
        assertThat(p[2]).isCloseTo(1f / 3, within(1e-5f));
        assertThat(p[3]).isEqualTo(0.5f);
        float[] falling = values(logits(3, 1, 1, -1000, 0, -1000).probabilities());
        assertThat(falling).containsExactly(0, 1, 0);
    }

    @Test
    void aMeanIsTakenPixelByPixel() {
        LogitRows one = logits(2, 1, 1, 1, 2);
        assertThat(Mean.of(List.of(one))).isSameAs(one);
        LogitRows mean = Mean.of(List.of(one, logits(2, 1, 1, 3, 6), logits(2, 1, 1, 5, 10)));
        assertThat(values(mean)).containsExactly(3, 6);
        assertThat(mean.height()).isEqualTo(1);
    }

    /** As mmseg's slide_inference lays them: max(length - window + stride - 1, 0) / stride + 1 windows, the last at the end. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10 | 4 | 3 | 0 3 6",
                "11 | 4 | 3 | 0 3 6 7",
                "4 | 4 | 3 | 0",
                "5 | 4 | 4 | 0 1",
                "8 | 4 | 4 | 0 4",
                "1024 | 512 | 341 | 0 341 512",
                "769 | 769 | 513 | 0"
            })
    void windowsCoverTheAxis(int length, int window, int stride, String starts) {
        assertThat(Mosaic.starts(length, window, stride).stream()
                        .map(String::valueOf)
                        .toList())
                .containsExactly(starts.split(" "));
    }

    @Test
    void windowsAreAveragedWhereTheyOverlap() {
        Mosaic mosaic = new Mosaic(
                new Size(2, 3),
                List.of(
                        new Mosaic.Window(0, 0, logits(2, 2, 2, 1, 2, 3, 4, 10, 20, 30, 40)),
                        new Mosaic.Window(0, 1, logits(2, 2, 2, 6, 7, 8, 9, 60, 70, 80, 90))));
        assertThat(values(mosaic)).containsExactly(1, 4, 7, 3, 6, 9, 10, 40, 70, 30, 60, 90);
        Mosaic down = new Mosaic(
                new Size(3, 1),
                List.of(
                        new Mosaic.Window(0, 0, logits(1, 2, 1, 1, 3)),
                        new Mosaic.Window(1, 0, logits(1, 2, 1, 5, 7))));
        assertThat(values(down)).containsExactly(1, 4, 7);
        assertThat(down.height()).isEqualTo(3);
        assertThat(down.width()).isEqualTo(1);
    }

    /** Rows may be asked for in any order, and again. */
    @Test
    void anEnlargedMapRemembersTheRightRows() {
        LogitRows rows = Enlarged.of(logits(2, 4, 3, noise(24, 5)), new Size(9, 7), false);
        float[] inOrder = values(rows);
        float[] row = new float[14];
        for (int y : new int[] {8, 0, 4, 4, 3, 8, 1}) {
            rows.row(y, row);
            for (int x = 0; x < 7; x++) {
                assertThat(row[x]).isEqualTo(inOrder[y * 7 + x]);
                assertThat(row[7 + x]).isEqualTo(inOrder[63 + y * 7 + x]);
            }
        }
        StoredLogits same = logits(1, 1, 2, 3, 4);
        assertThat(Enlarged.of(same, new Size(1, 2), true)).isSameAs(same);
    }

    /** Each row of the source is read once if rows come in order. */
    @Test
    void anEnlargedMapReadsItsSourceOnce() {
        int[] reads = new int[4];
        LogitRows source = logits(1, 4, 2, noise(8, 1));
        LogitRows counted = new LogitRows() {
            @Override
            public int classes() {
                return 1;
            }

            @Override
            public int height() {
                return 4;
            }

            @Override
            public int width() {
                return 2;
            }

            @Override
            public void row(int y, float[] out) {
                reads[y]++;
                source.row(y, out);
            }
        };
        Enlarged.of(counted, new Size(100, 2), false).labels();
        assertThat(reads).containsExactly(1, 1, 1, 1);
    }
}
