package io.vertebra.heads.detection;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.GraphException;
import io.vertebra.heads.Trunk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What dense detectors share: the levels that they begin with, and the joining of the levels' predictions. */
final class Predictions {
    /**
     * What sigmoid scores begin with, so that the many background anchors do not swamp the first steps: the logit of 0.01.
     * Lin et al., arXiv:1708.02002, section 4.1.
     */
    static final double PRIOR_LOGIT = Math.log(0.01 / 0.99);

    private static final int BOX = 4;

    private final List<Node> classLogits = new ArrayList<>();
    private final List<Node> boxEncodings = new ArrayList<>();

    /** The last level of each of the two coarsest reductions. */
    static List<Node> coarsest(String head, Trunk trunk) {
        Node last = trunk.level(-1);
        Node before = trunk.pyramid().levels().stream()
                .filter(n -> n.reduction() < last.reduction())
                .reduce((a, b) -> b)
                .orElseThrow(() -> new GraphException(
                        head,
                        "needs levels of two sizes, " + trunk.backbone().name() + " has the reductions "
                                + trunk.pyramid().reductions()));
        return List.of(before, last);
    }

    /** Adds the two maps of a level: anchors · classes and anchors · 4 channels. */
    void add(Node logits, Node encodings) {
        classLogits.add(logits);
        boxEncodings.add(encodings);
    }

    /** The outputs: the rows of all levels, one below the other. */
    Map<String, Node> outputs(int classes, GraphBuilder g) {
        Map<String, Node> outputs = new LinkedHashMap<>();
        outputs.put("class_logits", rows(classLogits, classes, g));
        outputs.put("box_encodings", rows(boxEncodings, BOX, g));
        return outputs;
    }

    private static Node rows(List<Node> maps, int columns, GraphBuilder g) {
        return g.concat(maps.stream().map(m -> g.mapRows(m, columns)).toArray(Node[]::new));
    }

    /** The channels of the levels that a head adds; each is squeezed to half of them first. */
    static List<Integer> checkedExtras(List<Integer> channels, List<Integer> otherwise, int most) {
        List<Integer> value = List.copyOf(Objects.requireNonNullElse(channels, otherwise));
        Check.that(value.size() <= most, "extra_channels", "must be at most %d, are %d", most, value.size());
        value.forEach(c -> Check.atLeast(2, "extra_channels", c));
        return value;
    }
}
