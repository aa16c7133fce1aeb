package io.vertebra.graph.region;

import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** How the cases about losses are asked. */
final class LossReferences {

    private static final double TOLERANCE = 1e-5;

    static final Map<String, Consumer<ReferenceCase>> CHECKS = Map.of(
            "sigmoid_focal_loss", LossReferences::focal,
            "generalized_box_iou_loss", one -> boxes(one, BoxLosses::giou),
            "distance_box_iou_loss", one -> boxes(one, BoxLosses::diou),
            "complete_box_iou_loss", one -> boxes(one, BoxLosses::ciou),
            "smooth_l1_loss", LossReferences::smoothL1);

    private LossReferences() {}

    private static BoxLoss.Reduction reduction(ReferenceCase one) {
        return BoxLoss.Reduction.valueOf(one.param("reduction").asText().toUpperCase(Locale.ROOT));
    }

    private static void focal(ReferenceCase one) {
        check(
                one,
                BoxLosses.sigmoidFocal(one.in("inputs"), one.in("targets"), one.number("alpha"), one.number("gamma")),
                one.in("grad_out"),
                "grad_inputs");
    }

    private static void boxes(ReferenceCase one, BiFunction<float[], float[], BoxLoss> op) {
        BoxLoss loss = op.apply(one.in("boxes1"), one.in("boxes2"));
        if (one.has("grad_boxes1")) {
            check(one, loss, one.in("grad_out"), "grad_boxes1");
        } else {
            Close.relative(loss.value(reduction(one)), one.out("out"), TOLERANCE);
        }
    }

    private static void smoothL1(ReferenceCase one) {
        BoxLoss loss = BoxLosses.smoothL1(one.in("input"), one.in("target"), one.number("beta"));
        check(one, loss, new float[] {1}, "grad_input");
    }

    private static void check(ReferenceCase one, BoxLoss loss, float[] upstream, String gradient) {
        Close.relative(loss.value(reduction(one)), one.out("out"), TOLERANCE);
        Close.relative(loss.gradient(reduction(one), upstream), one.out(gradient), TOLERANCE);
    }
}
