package io.vertebra.onednn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.PyramidAlignment;
import io.vertebra.graph.region.RoiLevels;
import io.vertebra.graph.region.RoiShape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the algorithm on plain arrays, for maps in every order that has channels together. */
class RoiAlignKernelTest {
    private static final Size BINS = new Size(3, 2);
    private static final int AREA = 6;
    private static final List<Size> SIZES = List.of(new Size(26, 30), new Size(13, 15), new Size(7, 8));
    /** From a sixteenth on: levels 4, 5 and 6, sides of 224, 448 and 896. */
    private static final List<Double> SCALES = List.of(1 / 16.0, 1 / 32.0, 1 / 64.0);

    private static final float[] ROIS = {
        1, 10, 20, 110, 90,
        0, 0, 0, 480, 420,
        1, 30, 3, 447, 419,
        1, -500, -500, 500, 500,
        0, 100, 100, 100, 100,
        0, 300, 200, 479, 415,
        1, 200.5f, 3, 460, 300.25f,
    };

    private static final int COUNT = ROIS.length / 5;

    /** Maps of one order with values, and a gradient. */
    private static final class Pyramid {
        private final List<Grid> grids = new ArrayList<>();
        private final List<RoiShape> shapes = new ArrayList<>();
        private final List<float[]> features = new ArrayList<>();
        private final float[] gradient;

        /** Channels last, or in blocks of so many. */
        private Pyramid(int channels, int block) {
            for (Size size : SIZES) {
                int h = size.height();
                int w = size.width();
                grids.add(block == 0 ? Grid.channelsLast(2, channels, h, w) : Grid.blocked(2, channels, h, w, block));
                shapes.add(new RoiShape(2, channels, h, w));
                features.add(Bytes.random(2 * channels * h * w, h));
            }
            this.gradient = Bytes.random(COUNT * channels * AREA, 5);
        }

        private float[] forward(RoiAlign op, boolean half) {
            RoiAlignKernel kernel = new RoiAlignKernel(op, grids, COUNT, half, half);
            List<ByteBuffer> tensors = new ArrayList<>();
            for (int l = 0; l < grids.size(); l++) {
                ByteBuffer map = Maps.tensor(grids.get(l), features.get(l));
                tensors.add(half ? half(map) : map);
            }
            ByteBuffer y = Bytes.of(Bytes.random(gradient.length, 9));
            tensors.addAll(List.of(Bytes.of(ROIS), y));
            kernel.bind(tensors.toArray(ByteBuffer[]::new));
            kernel.run();
            float[] values = new float[gradient.length];
            new Cells(y, half).read(0, values, 0, values.length);
            return values;
        }

        private List<ByteBuffer> backward(RoiAlign op, List<Boolean> wanted, boolean half) {
            RoiAlignBackwardKernel kernel = new RoiAlignBackwardKernel(op, grids, wanted, COUNT, half);
            List<ByteBuffer> tensors = new ArrayList<>();
            ByteBuffer given = Bytes.of(gradient);
            tensors.addAll(List.of(Bytes.of(ROIS), half ? half(given) : given));
            for (int l = 0; l < grids.size(); l++) {
                if (wanted.get(l)) {
                    tensors.add(Maps.dirty(grids.get(l)));
                }
            }
            kernel.bind(tensors.toArray(ByteBuffer[]::new));
            kernel.run();
            return tensors.subList(2, tensors.size());
        }
    }

    private final Pyramid pyramid = new Pyramid(70, 0);

    private static RoiAlign op(int samples, boolean aligned) {
        return new RoiAlign(BINS, SCALES, samples, aligned);
    }

    private static PyramidAlignment algorithm(RoiAlign op) {
        return new PyramidAlignment(BINS, SCALES, op.samplingRatio(), op.aligned(), RoiLevels.of(4, 6));
    }

    private static ByteBuffer half(ByteBuffer floats) {
        ByteBuffer halves = Bytes.zeros((floats.capacity() + 7) / 8);
        for (int i = 0; i < floats.capacity() / 4; i++) {
            halves.putShort(2 * i, Cells.round(floats.getFloat(4 * i)));
        }
        return halves;
    }

    @ParameterizedTest
    @CsvSource({
        "70, 0, 2, false",
        "70, 0, 0, true",
        "16, 0, 2, true",
        "24, 16, 2, false",
        "24, 16, 0, true",
        "70, 16, 3, true",
        "20, 8, 2, false"
    })
    void computesWhatTheAlgorithmDoes(int c, int block, int samples, boolean aligned) {
        Pyramid maps = new Pyramid(c, block);
        RoiAlign op = op(samples, aligned);
        float[] expected = algorithm(op).forward(maps.features, maps.shapes, ROIS);
        assertThat(distance(maps.forward(op, false), expected)).isLessThan(2e-6f);
        assertThat(distance(maps.forward(op, true), expected)).isLessThan(8e-3f);
        List<float[]> toMaps = new ArrayList<>();
        maps.features.forEach(x -> toMaps.add(new float[x.length]));
        algorithm(op).backward(maps.gradient, maps.shapes, ROIS, toMaps);
        List<ByteBuffer> computed = maps.backward(op, List.of(true, true, true), false);
        List<ByteBuffer> ofHalves = maps.backward(op, List.of(true, true, true), true);
        for (int l = 0; l < toMaps.size(); l++) {
            Grid grid = maps.grids.get(l);
            assertThat(distance(Maps.values(grid, computed.get(l)), toMaps.get(l)))
                    .isLessThan(5e-6f);
            assertThat(distance(Maps.values(grid, ofHalves.get(l)), toMaps.get(l)))
                    .isLessThan(3e-2f);
            assertThat(Maps.isPaddedWithZeros(grid, computed.get(l))).isTrue();
        }
    }

    /** Else the other tests would show less than they seem to. */
    @Test
    void everyLevelHasARegion() {
        List<ByteBuffer> all = pyramid.backward(op(2, false), List.of(true, true, true), false);
        assertThat(all).allMatch(level -> sum(level) > 1);
    }

    /** Over so many numbers faster than an assertion about each. */
    private static float distance(float[] a, float[] b) {
        assertThat(a).hasSameSizeAs(b);
        float distance = 0;
        for (int i = 0; i < a.length; i++) {
            distance = Math.max(distance, Math.abs(a[i] - b[i])); // NaN stays
        }
        return distance;
    }

    private static double sum(ByteBuffer level) {
        double sum = 0;
        for (float value : Bytes.floats(level)) {
            sum += Math.abs(value);
        }
        return sum;
    }

    @Test
    void levelsMayGoWithoutAGradient() {
        List<ByteBuffer> all = pyramid.backward(op(2, false), List.of(true, true, true), false);
        List<ByteBuffer> one = pyramid.backward(op(2, false), List.of(false, true, false), false);
        assertThat(one).hasSize(1);
        assertThat(Bytes.floats(one.get(0))).isEqualTo(Bytes.floats(all.get(1)));
    }

    @Test
    void gradientsAreTheSameBitsEveryTime() {
        List<ByteBuffer> first = pyramid.backward(op(0, true), List.of(true, true, true), false);
        List<ByteBuffer> second = pyramid.backward(op(0, true), List.of(true, true, true), false);
        for (int l = 0; l < first.size(); l++) {
            assertThat(Bytes.floats(second.get(l))).isEqualTo(Bytes.floats(first.get(l)));
        }
    }

    @Test
    void refusesPicturesThatAreNotThere() {
        RoiAlignKernel kernel = new RoiAlignKernel(op(2, false), pyramid.grids, 1, false, false);
        ByteBuffer[] tensors = new ByteBuffer[5];
        for (int l = 0; l < 3; l++) {
            tensors[l] = Maps.tensor(pyramid.grids.get(l), pyramid.features.get(l));
        }
        tensors[3] = Bytes.of(2f, 0, 0, 9, 9);
        tensors[4] = Bytes.zeros(70 * AREA);
        kernel.bind(tensors);
        assertThatThrownBy(kernel::run).isInstanceOf(GraphException.class).hasMessageContaining("image 2");
    }
}
