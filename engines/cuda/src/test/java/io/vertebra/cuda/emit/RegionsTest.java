package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emulated.KernelBench;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.RoiLevels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the contract of all engines does not reach: more regions, bins, cells and channels than a block looks at once. */
class RegionsTest {

    /** Regions of all pictures in turn: small ones, large ones, some that leave the map or end before they begin. */
    private static Tensor.Floats rois(int count, Shape image, double scale) {
        SplittableRandom random = new SplittableRandom(count);
        float[] rois = new float[count * 5];
        for (int r = 0; r < count; r++) {
            double width = image.w() / scale;
            double height = image.h() / scale;
            double x = (random.nextDouble() * 1.4 - 0.3) * width;
            double y = (random.nextDouble() * 1.4 - 0.3) * height;
            double size = r % 3 == 0 ? 0.2 : r % 7 == 1 ? -0.5 : 1;
            rois[r * 5] = random.nextInt(image.n());
            rois[r * 5 + 1] = (float) x;
            rois[r * 5 + 2] = (float) y;
            rois[r * 5 + 3] = (float) (x + random.nextDouble() * size * width);
            rois[r * 5 + 4] = (float) (y + random.nextDouble() * size * height);
        }
        return new Tensor.Floats(Shape.of(count, 5), rois);
    }

    private static void agrees(Shape image, Op op, int count, double scale, Type type) {
        new AgainstReference(image, (g, x) -> g.apply(op, x, g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5))))
                .with("rois", rois(count, image, scale))
                .agrees(type);
    }

    static Stream<Arguments> aligned() {
        return Stream.of(
                        Arguments.of(Shape.of(2, 3, 9, 13), new RoiAlign(new Size(2, 3), 0.5, 2, true), 300),
                        Arguments.of(Shape.of(1, 8, 17, 8), new RoiAlign(new Size(19, 2), 1, 0, false), 5),
                        Arguments.of(Shape.of(1, 16, 8, 20), new RoiAlign(new Size(1, 35), 0.25, 3, true), 7),
                        Arguments.of(Shape.of(3, 264, 5, 4), new RoiAlign(Size.of(2), 1, 0, true), 6),
                        Arguments.of(Shape.of(2, 43, 10, 11), new RoiAlign(Size.of(7), 0.125, 2, false), 9))
                .flatMap(a -> Stream.of(Type.F32, Type.BF16)
                        .map(type -> Arguments.of(a.get()[0], a.get()[1], a.get()[2], type)));
    }

    @ParameterizedTest
    @MethodSource("aligned")
    void roi_align(Shape image, RoiAlign op, int count, Type type) {
        agrees(image, op, count, op.scales().get(0), type);
    }

    /** From 1 to 1/16: two launches, whose regions have sides from below 28 pixels to above 224. */
    @ParameterizedTest
    @CsvSource({"2, 300, F32", "24, 40, F32", "24, 40, BF16"})
    void roi_align_of_five_levels(int channels, int count, Type type) {
        Shape image = Shape.of(2, channels, 50, 64);
        RoiAlign op = new RoiAlign(Size.of(3), List.of(1.0, 0.5, 0.25, 0.125, 0.0625), 2, false);
        new AgainstReference(image, (g, x) -> {
                    List<Node> inputs = new ArrayList<>(List.of(x));
                    while (inputs.size() < 5) {
                        inputs.add(g.maxPool(inputs.get(inputs.size() - 1), 2, 2, 0));
                    }
                    inputs.add(g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5)));
                    return g.apply(op, inputs.toArray(Node[]::new));
                })
                .with("rois", rois(count, image, 0.2))
                .agrees(type);
    }

    /** The gradient of a level that nobody wants is not written. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void roi_align_of_a_level_without_gradient(boolean first) {
        Shape image = Shape.of(2, 8, 20, 16);
        Shape half = Shape.of(2, 8, 10, 8);
        RoiAlign op = new RoiAlign(Size.of(2), List.of(1.0, 0.5), 2, true);
        new AgainstReference(first ? half : image, (g, x) -> {
                    Node other =
                            g.input("other", DataType.F32, Shape.of(Shape.ANY, 8, first ? 20 : 10, first ? 16 : 8));
                    Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
                    return first ? g.apply(op, other, x, rois) : g.apply(op, x, other, rois);
                })
                .with("other", new Tensor.Floats(first ? image : half, filled((first ? image : half).elements())))
                .with("rois", rois(30, image, 0.3))
                .agrees(Type.F32);
    }

    @Test
    void levels_begin_where_theirs_do() {
        float[] bounds = Pyramids.bounds(List.of(0.25, 0.125, 0.0625, 0.03125));
        assertThat(bounds).hasSize(3);
        RoiLevels levels = RoiLevels.of(2, 5);
        for (int i = 0; i < bounds.length; i++) {
            assertThat(bounds[i]).isCloseTo((float) (12544 << (2 * i)), withinPercentage(0.001));
            assertThat(levels.levels(new float[] {0, 0, bounds[i], 1})).containsExactly(i + 1);
            assertThat(levels.levels(new float[] {0, 0, Math.nextDown(bounds[i]), 1}))
                    .containsExactly(i);
        }
    }

    static Stream<Arguments> pooled() {
        return Stream.of(
                        Arguments.of(Shape.of(2, 3, 9, 13), new RoiPool(new Size(2, 3), 0.5), 60),
                        Arguments.of(Shape.of(3, 16, 5, 9), new RoiPool(Size.of(7), 0.25), 8))
                .flatMap(a -> Stream.of(Type.F32, Type.BF16)
                        .map(type -> Arguments.of(a.get()[0], a.get()[1], a.get()[2], type)));
    }

    @ParameterizedTest
    @MethodSource("pooled")
    void roi_pool(Shape image, RoiPool op, int count, Type type) {
        agrees(image, op, count, op.scale(), type);
    }

    /** No picture, no number, no end: nothing is read outside the map, nothing hangs. */
    @ParameterizedTest
    @CsvSource({
        "-1, 0, 0, 4, 4",
        "2, 0, 0, 4, 4",
        "NaN, 0, 0, 4, 4",
        "0, NaN, 0, 4, 4",
        "0, 0, 0, 4, NaN",
        "0, Infinity, 0, Infinity, 4",
        "1, 0, 1e30, 4, 2e30",
        "1, -1e30, -1e30, 1e30, 1e30",
        "1, 9, 9, 12, 12"
    })
    void regions_of_nothing_are_zero(float picture, float x1, float y1, float x2, float y2) {
        try (KernelBench bench = new KernelBench()) {
            Shape map = Shape.of(2, 4, 4, 4);
            DeviceMemory x = bench.put(Type.F32, filled(map.elements()));
            DeviceMemory rois = bench.put(Type.F32, picture, x1, y1, x2, y2);
            Grid grid = Grid.over(2 * 2 * 4);
            DeviceMemory order = bench.put(0);
            DeviceMemory starts = bench.room(Type.I32, 3);
            Object[] none = {null, null, null, 4, 4, 0, 0, 0, 0, 0, 0};
            bench.launch(
                    "roi_align_backward", Type.F32, "roi_lists", Grid.of(2, 32), rois, null, 2, 1, 1, order, starts);
            for (int aligned : new int[] {0, 1}) {
                Object[] numbers = {2, 4, 1, 2, 2, 1f, 0, aligned, 1, 0};
                DeviceMemory y = bench.room(Type.F32, 2 * 2 * 4);
                Object[] arguments = Packs.arguments(x, none, y, rois, null, numbers);
                bench.launch("roi_align", Type.F32, "roi_align_packed", grid, arguments);
                assertThat(bench.floats(y, Type.F32)).containsOnly(0);
                DeviceMemory dx = bench.room(Type.F32, map.elements());
                DeviceMemory dy = bench.put(Type.F32, filled(2 * 2 * 4));
                Object[] back = Packs.arguments(dx, none, dy, rois, null, numbers, order, starts);
                bench.launch(
                        "roi_align_backward", Type.F32, "roi_align_backward_packed", Grid.of(2, Grid.THREADS), back);
                assertThat(bench.floats(dx, Type.F32)).containsOnly(0);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, 4", "2, 0, 4", "NaN, 0, 4", "0, NaN, NaN", "0, Infinity, Infinity", "1, 1e30, 2e30", "1, 9, 12"
    })
    void pools_of_nothing_are_zero(float picture, float from, float to) {
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory x = bench.put(Type.F32, filled(2 * 4 * 4 * 4));
            DeviceMemory rois = bench.put(Type.F32, picture, 0, from, 3, to);
            DeviceMemory y = bench.room(Type.F32, 2 * 2 * 4);
            DeviceMemory places = bench.room(Type.I32, 2 * 2 * 4);
            Object[] arguments = {x, rois, y, places, 2, 4, 4, 4, 1, 2, 2, 1f};
            bench.launch("roi_pool", Type.F32, "roi_pool", Grid.over(2 * 2 * 4), arguments);
            assertThat(bench.floats(y, Type.F32)).containsOnly(0);
            assertThat(bench.ints(places)).containsOnly(-1);
        }
    }

    private static float[] filled(long count) {
        float[] ones = new float[Math.toIntExact(count)];
        Arrays.fill(ones, 1);
        return ones;
    }
}
