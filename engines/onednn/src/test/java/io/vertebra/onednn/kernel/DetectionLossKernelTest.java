package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.op.HardNegativeCrossEntropy;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the contract of all engines does not reach: ties, chunks, and what is left of earlier passes. */
class DetectionLossKernelTest {
    private static final double EVEN = Math.log(2);

    /** Which anchors of one picture have a gradient, for logits of two classes that say how hard a background is. */
    private static String chosen(double ratio, int least, float[] hardness, int... labels) {
        float[] logits = new float[2 * hardness.length];
        for (int i = 0; i < hardness.length; i++) {
            logits[2 * i + 1] = hardness[i];
        }
        ByteBuffer gradient = Bytes.of(Bytes.random(logits.length, 1));
        HardNegativeKernel kernel =
                new HardNegativeKernel(1, labels.length, 2, new HardNegativeCrossEntropy(ratio, least));
        kernel.bind(Bytes.of(logits), Bytes.of(labels), Bytes.zeros(1), gradient);
        kernel.run();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < labels.length; i++) {
            text.append(gradient.getFloat(8 * i) != 0 ? 'x' : '.');
        }
        return text.toString();
    }

    @Test
    void takesTheHardestBackgroundOfAPicture() {
        float[] hardness = {1, 5, 3, 9, 4, 9};
        assertThat(chosen(1, 0, hardness, 0, 0, 0, -1, 0, 1)).isEqualTo(".x...x");
        assertThat(chosen(2.9, 0, hardness, 0, 0, 0, -1, 0, 1)).isEqualTo(".x..xx");
        assertThat(chosen(9, 0, hardness, 0, 0, 0, -1, 0, 1)).isEqualTo("xxx.xx");
        assertThat(chosen(0, 0, hardness, 0, 0, 0, -1, 0, 1)).isEqualTo(".....x");
        assertThat(chosen(3, 0, hardness, 0, 0, 0, -1, 0, 0)).isEqualTo("......");
        assertThat(chosen(3, 2, hardness, 0, 0, 0, -1, 0, 0)).isEqualTo(".x...x");
        assertThat(chosen(1, 3, hardness, 0, 0, 0, -1, 0, 1)).isEqualTo(".xx.xx");
    }

    @Test
    void theEarlierOfEqualOnesCount() {
        assertThat(chosen(2, 0, new float[] {3, 3, 4, 3, 0}, 0, 0, 0, 0, 1)).isEqualTo("x.x.x");
        assertThat(chosen(3, 0, new float[] {3, 3, 4, 3, 0}, 0, 0, 0, 0, 1)).isEqualTo("xxx.x");
    }

    @Test
    void picturesChooseForThemselvesAndShareTheDivisor() {
        // the second picture has two positives, so the mean over three divides
        float[] logits = new float[2 * 3 * 2];
        ByteBuffer loss = Bytes.zeros(1);
        HardNegativeKernel kernel = new HardNegativeKernel(2, 3, 2, new HardNegativeCrossEntropy(1, 0));
        kernel.bind(Bytes.of(logits), Bytes.of(1, 0, 0, 1, 1, 0), loss);
        kernel.run();
        assertThat(loss.getFloat(0)).isCloseTo((float) (5 * EVEN / 3), within(1e-6f));
    }

    @ParameterizedTest
    @CsvSource({"127, 1", "128, 2", "129, 3", "300, 2"})
    void chunksAreSeamless(int anchors, int pictures) {
        // equal logits: each positive costs the logarithm of the classes, wherever it lies
        int[] labels = new int[anchors * pictures];
        java.util.Arrays.fill(labels, 1);
        ByteBuffer gradient = Bytes.zeros(labels.length * 2);
        ByteBuffer loss = Bytes.zeros(1);
        HardNegativeKernel kernel = new HardNegativeKernel(pictures, anchors, 2, new HardNegativeCrossEntropy(3, 0));
        kernel.bind(Bytes.zeros(labels.length * 2), Bytes.of(labels), loss, gradient);
        kernel.run();
        assertThat(loss.getFloat(0)).isCloseTo((float) EVEN, within(1e-6f));
        for (int i = 0; i < labels.length; i++) {
            assertThat(gradient.getFloat(8 * i) * labels.length).isCloseTo(0.5f, within(1e-6f));
            assertThat(gradient.getFloat(8 * i + 4) * labels.length).isCloseTo(-0.5f, within(1e-6f));
        }
    }
}
