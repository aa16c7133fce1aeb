package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.RegionProposer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Regions of the emulated card are those of {@link RegionProposer}, bit for bit. */
class ProposalsTest {
    private static final List<List<Double>> RATIOS = List.of(List.of(0.5, 1.0, 2.0), List.of(1.0), List.of(1.0, 1.7));
    private static final List<List<Double>> SIZES = List.of(List.of(13.0), List.of(32.0, 40.0), List.of(70.0));

    /** Pictures of a size, whose levels have these grids, and what a network says of their anchors. */
    private static final class Given {
        private final RegionProposals op;
        private final List<Size> grids;
        private final Size picture;
        private final int pictures;
        private final float[] logits;
        private final float[] codes;
        private final float[] sizes;

        Given(RegionProposals op, List<Size> grids, Size picture, int pictures, SplittableRandom random) {
            this.op = op;
            this.grids = grids;
            this.picture = picture;
            this.pictures = pictures;
            int anchors = 0;
            for (int level = 0; level < grids.size(); level++) {
                anchors += (int) grids.get(level).area() * op.perCell(level);
            }
            logits = new float[pictures * anchors];
            codes = new float[4 * logits.length];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (random.nextInt(400) - 200) / 32f; // some are equal, and there are both zeros
                logits[i] = logits[i] == 0 && i % 2 == 0 ? -0f : logits[i];
            }
            for (int i = 0; i < codes.length; i++) {
                codes[i] = (float) random.nextGaussian() * (i % 4 < 2 ? 0.5f : 0.7f);
            }
            sizes = new float[2 * pictures];
            for (int n = 0; n < pictures; n++) {
                sizes[2 * n] = picture.height() - 5 * n;
                sizes[2 * n + 1] = picture.width() - 3 * n;
            }
        }

        float[] onHost() {
            return RegionProposer.of(op, grids, picture).propose(logits, codes, sizes, pictures);
        }

        float[] onCard() {
            GraphBuilder g = new GraphBuilder();
            Map<String, Tensor> inputs = new LinkedHashMap<>();
            List<Node> nodes = new ArrayList<>();
            int anchors = logits.length / pictures;
            nodes.add(input(g, "logits", Shape.of(pictures, anchors, 1), logits, inputs));
            nodes.add(input(g, "codes", Shape.of(pictures, anchors, 4), codes, inputs));
            nodes.add(input(g, "sizes", Shape.of(pictures, 2), sizes, inputs));
            nodes.add(map(g, "input", picture, inputs));
            for (int level = 0; level < grids.size(); level++) {
                nodes.add(map(g, "level" + level, grids.get(level), inputs));
            }
            g.output("regions", g.apply(op, nodes.toArray(Node[]::new)));
            Graph graph = g.build();
            return Lowered.run(
                            graph,
                            Parameters.zeros(graph),
                            new Batch(inputs),
                            Map.of(),
                            Type.BF16,
                            false,
                            Set.of(),
                            false)
                    .outputs()
                    .get("regions");
        }

        private Node map(GraphBuilder g, String name, Size size, Map<String, Tensor> inputs) {
            Shape shape = Shape.of(pictures, 1, size.height(), size.width());
            return input(g, name, shape, new float[(int) shape.elements()], inputs);
        }

        private static Node input(GraphBuilder g, String name, Shape shape, float[] data, Map<String, Tensor> inputs) {
            inputs.put(name, new Tensor.Floats(shape, data));
            int[] extents = shape.toArray();
            extents[0] = Shape.ANY;
            return g.input(name, DataType.F32, Shape.of(extents));
        }
    }

    private static Given small(int before, int count, double overlap, double least, int seed) {
        RegionProposals op = new RegionProposals(SIZES, RATIOS, before, count, overlap, least, seed % 2 == 0 ? 0.4 : 0);
        List<Size> grids = List.of(new Size(12, 17), new Size(6, 9), new Size(2, 3));
        return new Given(op, grids, new Size(101, 139), 2, new SplittableRandom(seed));
    }

    /** 612 anchors of the first level: fewer and more than a word of bits, than a run of boxes, than there are. */
    @ParameterizedTest
    @CsvSource({
        "40, 50, 0.7, 0.001",
        "300, 200, 0.7, 9",
        "1000, 1000, 0.5, 0",
        "1, 7, 0.3, 0",
        "512, 20, 0, 2",
        "64, 400, 1, 0"
    })
    void regions_of_several_levels(int before, int count, double overlap, double least) {
        Given given = small(before, count, overlap, least, before);
        assertThat(given.onCard()).containsExactly(given.onHost());
    }

    /** Anchors that lie on a grid of whole numbers: overlaps of just the limit. */
    @ParameterizedTest
    @CsvSource({"0.5, 10", "0.7, 10", "0.3333333333333333, 16", "0.2, 10.000001"})
    void overlaps_and_sides_of_just_the_limit(double overlap, double least) {
        RegionProposals op = new RegionProposals(
                List.of(List.of(10.0, 16.0, 20.0)), List.of(List.of(1.0)), 300, 300, overlap, least);
        Given given = new Given(op, List.of(new Size(8, 9)), new Size(32, 45), 1, new SplittableRandom(3));
        Arrays.fill(given.codes, 0);
        assertThat(given.onCard()).containsExactly(given.onHost());
    }

    @Test
    void what_is_no_number_is_no_box() {
        Given given = small(30, 40, 0.6, 0, 5);
        given.logits[3] = Float.NaN;
        given.logits[70] = Float.NEGATIVE_INFINITY;
        given.logits[700] = Float.POSITIVE_INFINITY;
        for (int i = 0; i < given.codes.length; i += 7) {
            given.codes[i] = i % 3 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
        }
        assertThat(given.onCard()).containsExactly(given.onHost());
    }

    @Test
    void a_picture_without_large_boxes_has_regions_without_area() {
        Given given = small(30, 40, 0.6, 500, 6);
        assertThat(given.onCard()).containsExactly(given.onHost());
    }

    /** More logits than one block chooses from, twice: 5 blocks choose 4096 each, 2 blocks of what is left 4096 again. */
    @Test
    @Tag("slow")
    void the_most_candidates_of_a_large_level() {
        RegionProposals op = new RegionProposals(List.of(List.of(8.0)), List.of(List.of(1.0)), 4096, 5000, 0.7, 5);
        Given given = new Given(op, List.of(new Size(251, 281)), new Size(251, 281), 1, new SplittableRandom(7));
        assertThat(given.onCard()).containsExactly(given.onHost());
    }

    @Test
    void more_candidates_than_a_block_sorts_are_refused() {
        RegionProposals op = new RegionProposals(List.of(List.of(8.0)), List.of(List.of(1.0)), 4097, 10, 0.7, 0);
        Given given = new Given(op, List.of(new Size(64, 65)), new Size(64, 65), 1, new SplittableRandom(8));
        assertThatThrownBy(given::onCard)
                .isInstanceOf(EngineException.class)
                .hasMessage(
                        "cuda: region_proposals: region_proposals sorts at most 4096 candidates of a level, before is 4097");
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.5, 0.5", "0.7, 0.7, 0.69999993", "0.3, 0.3, 0.29999998", "0.001, 0.001, 0.001"})
    void floats_on_either_side_of_a_number(double number, float near, float other) {
        float above = Proposals.atLeast(number);
        float below = Proposals.notAbove(number);
        assertThat((double) above).isGreaterThanOrEqualTo(number);
        assertThat((double) below).isLessThanOrEqualTo(number);
        assertThat(above == below ? 0 : 1).isEqualTo(Math.nextUp(below) == above ? 1 : 0);
        assertThat(List.of(above, below)).contains(near);
        assertThat(above).isGreaterThanOrEqualTo(other);
    }
}
