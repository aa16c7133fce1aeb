package io.vertebra.export;

import io.vertebra.graph.Node;
import io.vertebra.graph.contract.Cases;
import io.vertebra.graph.contract.OperatorCase;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The operator cases of the contract suite, parted by what an ONNX file holds: no losses, and not what they learn from. */
final class OnnxCases {
    private static final Set<String> REFUSED = Set.of(
            "softmax_cross_entropy",
            "softmax_dice",
            "hard_negative_cross_entropy",
            "sigmoid_focal",
            "box_smooth_l1",
            "weighted_sum",
            "region_samples",
            "region_labels",
            "region_targets",
            "region_smooth_l1");

    private OnnxCases() {}

    /** Cases that are written. */
    static List<OperatorCase> all() {
        return Cases.all().stream().filter(c -> firstRefused(c).isEmpty()).toList();
    }

    /** The other cases. */
    static List<OperatorCase> others() {
        return Cases.all().stream().filter(c -> firstRefused(c).isPresent()).toList();
    }

    /** The node for which another case is refused. */
    static Node refused(OperatorCase one) {
        return firstRefused(one).orElseThrow();
    }

    private static Optional<Node> firstRefused(OperatorCase one) {
        return one.graph().nodes().stream()
                .filter(n -> REFUSED.contains(n.op().kind()))
                .findFirst();
    }
}
