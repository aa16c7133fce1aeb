package io.vertebra.graph.contract;

import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The operator cases, parted by what models for other programs can hold: no losses, and nothing between two stages. */
public final class PortableCases {
    private static final Set<String> REFUSED = Set.of(
            "softmax_cross_entropy",
            "softmax_dice",
            "hard_negative_cross_entropy",
            "sigmoid_focal",
            "box_smooth_l1",
            "weighted_sum",
            "roi_align",
            "roi_pool",
            "region_proposals",
            "region_samples",
            "region_labels",
            "region_targets",
            "region_smooth_l1");

    private PortableCases() {}

    /** Cases that every format must have a form for. */
    public static List<OperatorCase> all() {
        return Cases.all().stream().filter(c -> firstRefused(c).isEmpty()).toList();
    }

    /** The other cases, which every format must refuse. */
    public static List<OperatorCase> others() {
        return Cases.all().stream().filter(c -> firstRefused(c).isPresent()).toList();
    }

    /** The node for which another case is refused. */
    public static Node refused(OperatorCase one) {
        return firstRefused(one).orElseThrow();
    }

    private static Optional<Node> firstRefused(OperatorCase one) {
        return one.graph().nodes().stream()
                .filter(n -> REFUSED.contains(n.op().kind()))
                .findFirst();
    }

    /** Height and width of a case's pictures. */
    public static Size picture(OperatorCase one) {
        Shape picture = one.batch(Precision.FP32).shapes().get("input");
        return new Size(picture.h(), picture.w());
    }
}
