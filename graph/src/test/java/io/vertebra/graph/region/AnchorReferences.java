package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** How the cases about anchors are asked; they are equal bit for bit. */
final class AnchorReferences {

    static final Map<String, Consumer<ReferenceCase>> CHECKS =
            Map.of("anchor_generator", AnchorReferences::anchors, "default_box_generator", AnchorReferences::defaults);

    private AnchorReferences() {}

    private static void anchors(ReferenceCase one) {
        List<List<Double>> sizes = ReferenceCase.lists(one.param("sizes"));
        Anchors anchors = new Anchors(sizes, ReferenceCase.lists(one.param("aspect_ratios")));
        assertThat(anchors.levels()).isEqualTo(sizes.size());
        for (int level = 0; level < anchors.levels(); level++) {
            float[] cell = one.out("cell" + level);
            assertThat(anchors.cell(level)).isEqualTo(cell);
            assertThat(anchors.perCell(level)).isEqualTo(cell.length / 4);
        }
        assertThat(anchors.boxes(picture(one), grids(one))).isEqualTo(one.out("anchors"));
    }

    private static void defaults(ReferenceCase one) {
        DefaultBoxes boxes = one.hasParam("min_ratio") ? DefaultBoxes.ssdlite320() : DefaultBoxes.ssd300();
        for (int level = 0; level < boxes.levels(); level++) {
            float[] pairs = one.out("wh" + level);
            assertThat(boxes.pairs(level)).isEqualTo(pairs);
            assertThat(boxes.perCell(level)).isEqualTo(pairs.length / 2);
        }
        assertThat(boxes.boxes(picture(one), grids(one))).isEqualTo(one.out("boxes"));
        assertThat(boxes).isEqualTo(spelt(one));
    }

    /** The same from the parameters of the case. */
    private static DefaultBoxes spelt(ReferenceCase one) {
        List<List<Double>> ratios = ReferenceCase.lists(one.param("aspect_ratios"));
        boolean clip = one.param("clip").asBoolean();
        if (one.hasParam("min_ratio")) {
            return DefaultBoxes.spread(ratios, one.number("min_ratio"), one.number("max_ratio"), clip);
        }
        List<Double> steps = ReferenceCase.numbers(one.param("steps"));
        return new DefaultBoxes(
                ratios,
                ReferenceCase.numbers(one.param("scales")),
                steps.stream().map(Double::intValue).toList(),
                clip);
    }

    private static Size picture(ReferenceCase one) {
        return ReferenceCase.size(one.param("image_hw"));
    }

    private static List<Size> grids(ReferenceCase one) {
        return ReferenceCase.sizes(one.param("grids_hw"));
    }
}
