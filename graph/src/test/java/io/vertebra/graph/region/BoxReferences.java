package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.op.Size;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** How the cases about boxes are asked. */
final class BoxReferences {

    static final double TOLERANCE = 1e-5;

    static final Map<String, Consumer<ReferenceCase>> CHECKS = Map.ofEntries(
            Map.entry("nms", BoxReferences::nms),
            Map.entry("batched_nms", BoxReferences::batchedNms),
            Map.entry("box_iou", one -> overlap(one, Overlap.IOU)),
            Map.entry("generalized_box_iou", one -> overlap(one, Overlap.GIOU)),
            Map.entry("distance_box_iou", one -> overlap(one, Overlap.DIOU)),
            Map.entry("complete_box_iou", one -> overlap(one, Overlap.CIOU)),
            Map.entry("clip_boxes_to_image", BoxReferences::clip),
            Map.entry("remove_small_boxes", BoxReferences::removeSmall),
            Map.entry("box_area", one -> Close.relative(Boxes.areas(one.in("boxes")), one.out("out"), TOLERANCE)),
            Map.entry("box_convert", BoxReferences::convert),
            Map.entry("masks_to_boxes", BoxReferences::masks));

    private BoxReferences() {}

    private static void nms(ReferenceCase one) {
        int[] kept = one.outInts("keep");
        double threshold = one.number("iou_threshold");
        assertThat(Nms.keep(one.in("boxes"), one.in("scores"), threshold)).isEqualTo(kept);
        for (int maximum : new int[] {0, 1, kept.length / 2, kept.length}) {
            assertThat(Nms.keep(one.in("boxes"), one.in("scores"), threshold, maximum))
                    .isEqualTo(Arrays.copyOf(kept, Math.min(maximum, kept.length)));
        }
    }

    private static void batchedNms(ReferenceCase one) {
        int[] classes = one.tensors().ints(one.input("idxs"));
        assertThat(Nms.keepPerClass(one.in("boxes"), one.in("scores"), classes, one.number("iou_threshold")))
                .isEqualTo(one.outInts("keep"));
    }

    /** Our convention for what torchvision says is NaN is 0. */
    private static void overlap(ReferenceCase one, Overlap overlap) {
        float[] wanted = one.out("out");
        for (int i = 0; i < wanted.length; i++) {
            if (Float.isNaN(wanted[i])) {
                wanted[i] = 0;
            }
        }
        Close.relative(overlap.matrix(one.in("boxes1"), one.in("boxes2")), wanted, TOLERANCE);
    }

    private static void clip(ReferenceCase one) {
        Size picture = ReferenceCase.size(one.param("size_hw"));
        assertThat(Boxes.clip(one.in("boxes"), picture)).isEqualTo(one.out("out"));
    }

    private static void removeSmall(ReferenceCase one) {
        assertThat(Boxes.withoutSmall(one.in("boxes"), one.number("min_size"))).isEqualTo(one.outInts("keep"));
    }

    private static void convert(ReferenceCase one) {
        Boxes.Format from = format(one.param("in_fmt").asText());
        Boxes.Format to = format(one.param("out_fmt").asText());
        Close.relative(Boxes.convert(one.in("boxes"), from, to), one.out("out"), TOLERANCE);
    }

    private static Boxes.Format format(String name) {
        return Boxes.Format.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static void masks(ReferenceCase one) {
        int[] shape = one.tensors().shape(one.input("masks"));
        byte[] masks = one.tensors().bytes(one.input("masks"));
        assertThat(Boxes.ofMasks(masks, new Size(shape[1], shape[2]))).isEqualTo(one.out("out"));
    }
}
