package io.vertebra.graph.op;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What users read when an operator of a two-stage detector cannot be; see {@link MessagesTest}. */
final class RegionFaults {
    static final List<List<Double>> ONE = List.of(List.of(1.0));

    private static final List<Double> WEIGHTS = List.of(10.0, 10.0, 5.0, 5.0);
    private static final Shape LOGITS = Shape.of(2, 20, 1);
    private static final Shape CODES = Shape.of(2, 20, 4);
    private static final Shape SIZES = Shape.of(2, 2);
    private static final Shape MAP = Shape.of(2, 6, 4, 5);
    private static final Shape ROIS = Shape.of(6, 5);
    private static final Shape TRUTHS = Shape.of(2, 3, 4);
    private static final Shape LABELS = Shape.of(2, 3);

    private RegionFaults() {}

    private static RegionProposals proposals(
            List<List<Double>> sizes, List<List<Double>> ratios, int before, int count, double overlap, double side) {
        return new RegionProposals(sizes, ratios, before, count, overlap, side);
    }

    private static void proposed(Shape... inputs) {
        proposals(ONE, ONE, 1, 1, 0.5, 0).output(List.of(inputs));
    }

    static Map<String, ThrowingCallable> all() {
        Map<String, ThrowingCallable> faults = new LinkedHashMap<>();
        int most = RegionProposals.MOST;
        List<List<Double>> many = List.of(Collections.nCopies(65, 1.0));
        faults.put("proposals of no level", () -> proposals(List.of(), List.of(), 1, 1, 0.5, 0));
        faults.put(
                "proposals of other levels", () -> proposals(ONE, List.of(List.of(1.0), List.of(1.0)), 1, 1, 0.5, 0));
        faults.put("proposals of an empty level", () -> proposals(List.of(List.of()), ONE, 1, 1, 0.5, 0));
        faults.put("proposals of many ratios", () -> proposals(ONE, many, 1, 1, 0.5, 0));
        faults.put("proposals of no size", () -> proposals(List.of(List.of(0.0)), ONE, 1, 1, 0.5, 0));
        faults.put(
                "proposals of a ratio without end",
                () -> proposals(ONE, List.of(List.of(Double.POSITIVE_INFINITY)), 1, 1, 0.5, 0));
        faults.put("proposals before", () -> proposals(ONE, ONE, 0, 1, 0.5, 0));
        faults.put("proposals count", () -> proposals(ONE, ONE, 1, 0, 0.5, 0));
        faults.put("proposals of too many", () -> proposals(ONE, ONE, most + 1, 1, 0.5, 0));
        faults.put("too many proposals", () -> proposals(ONE, ONE, 1, most + 1, 0.5, 0));
        faults.put("proposals overlap", () -> proposals(ONE, ONE, 1, 1, 1.5, 0));
        faults.put("proposals overlap below", () -> proposals(ONE, ONE, 1, 1, -0.5, 0));
        faults.put("proposals side", () -> proposals(ONE, ONE, 1, 1, 0.5, -1));
        faults.put("proposals side without end", () -> proposals(ONE, ONE, 1, 1, 0.5, Double.POSITIVE_INFINITY));
        faults.put("proposals score", () -> new RegionProposals(ONE, ONE, 1, 1, 0.5, 0, 1));
        faults.put("proposals score below", () -> new RegionProposals(ONE, ONE, 1, 1, 0.5, 0, -0.25));
        faults.put("proposals without maps", () -> proposed(LOGITS, CODES, SIZES, MAP));
        faults.put("proposals of columns", () -> proposed(CODES, CODES, SIZES, MAP, MAP));
        faults.put("proposals of rows", () -> proposed(Shape.of(2, 20), CODES, SIZES, MAP, MAP));
        faults.put("proposals of no codes", () -> proposed(LOGITS, LOGITS, SIZES, MAP, MAP));
        faults.put("proposals of other codes", () -> proposed(LOGITS, CODES.with(1, 19), SIZES, MAP, MAP));
        faults.put("proposals of other pictures", () -> proposed(LOGITS, CODES.with(0, 3), SIZES, MAP, MAP));
        faults.put("proposals of other sizes", () -> proposed(LOGITS, CODES, Shape.of(3, 2), MAP, MAP));
        faults.put("proposals of wide sizes", () -> proposed(LOGITS, CODES, Shape.of(2, 3), MAP, MAP));
        faults.put("proposals of a row for a map", () -> proposed(LOGITS, CODES, SIZES, MAP, ROIS));
        faults.put("proposals of a row for a picture", () -> proposed(LOGITS, CODES, SIZES, ROIS, MAP));
        faults.put("proposals of other anchors", () -> proposed(LOGITS, CODES, SIZES, MAP, MAP.with(2, 5)));
        faults.putAll(samples());
        faults.putAll(levels());
        return faults;
    }

    private static Map<String, ThrowingCallable> samples() {
        Map<String, ThrowingCallable> faults = new LinkedHashMap<>();
        faults.put("no samples", () -> new RegionSamples(0, 0.5, 0.5));
        faults.put("too many samples", () -> new RegionSamples(RegionProposals.MOST + 1, 0.5, 0.5));
        faults.put("samples share", () -> new RegionSamples(1, 1.25, 0.5));
        faults.put("samples share below", () -> new RegionSamples(1, -0.25, 0.5));
        faults.put("samples positive", () -> new RegionSamples(1, 0.5, 0));
        faults.put("region labels positive", () -> new RegionLabels(1.5));
        faults.put("region targets positive", () -> new RegionTargets(Double.NaN, WEIGHTS));
        faults.put("region targets weights", () -> new RegionTargets(0.5, List.of(1.0)));
        faults.put("region targets of no weight", () -> new RegionTargets(0.5, List.of(1.0, 1.0, 0.0, 1.0)));
        faults.put(
                "region targets of a weight without end",
                () -> new RegionTargets(0.5, List.of(1.0, Double.POSITIVE_INFINITY, 1.0, 1.0)));
        RegionSamples samples = new RegionSamples(4, 0.5, 0.5);
        faults.put("samples of boxes", () -> samples.output(List.of(Shape.of(6, 4), TRUTHS, LABELS)));
        faults.put("samples of other pictures", () -> samples.output(List.of(Shape.of(7, 5), TRUTHS, LABELS)));
        faults.put("samples of flat truths", () -> samples.output(List.of(ROIS, LABELS, LABELS)));
        RegionLabels labels = new RegionLabels(0.5);
        faults.put("region labels of wide truths", () -> labels.output(List.of(ROIS, TRUTHS.with(2, 5), LABELS)));
        faults.put("region labels of other labels", () -> labels.output(List.of(ROIS, TRUTHS, Shape.of(2, 4))));
        RegionTargets targets = new RegionTargets(0.5, WEIGHTS);
        faults.put("region targets of maps", () -> targets.output(List.of(MAP, TRUTHS, LABELS)));
        faults.put("region loss beta", () -> new RegionSmoothL1(-1));
        faults.put("region loss beta without end", () -> new RegionSmoothL1(Double.POSITIVE_INFINITY));
        RegionSmoothL1 loss = new RegionSmoothL1(1);
        faults.put("region loss of columns", () -> loss.output(List.of(ROIS, Shape.of(6, 4), Shape.of(6))));
        faults.put("region loss of maps", () -> loss.output(List.of(MAP, Shape.of(6, 4), Shape.of(6))));
        faults.put("region loss of targets", () -> loss.output(List.of(Shape.of(6, 8), ROIS, Shape.of(6))));
        faults.put(
                "region loss of other targets",
                () -> loss.output(List.of(Shape.of(6, 8), Shape.of(7, 4), Shape.of(6))));
        faults.put(
                "region loss of other labels", () -> loss.output(List.of(Shape.of(6, 8), Shape.of(6, 4), Shape.of(7))));
        faults.put(
                "region loss of label rows",
                () -> loss.output(List.of(Shape.of(6, 8), Shape.of(6, 4), Shape.of(6, 1))));
        faults.put("focal without an average", () -> new SigmoidFocal(0.25, 2, false, null));
        faults.put("smooth l1 without an average", () -> new BoxSmoothL1(1, null));
        return faults;
    }

    private static Map<String, ThrowingCallable> levels() {
        Map<String, ThrowingCallable> faults = new LinkedHashMap<>();
        Size bins = Size.of(2);
        faults.put("roi align of no level", () -> new RoiAlign(bins, List.of(), 2, false));
        faults.put("roi align of levels that do not halve", () -> new RoiAlign(bins, List.of(0.5, 0.125), 2, false));
        faults.put("roi align of odd levels", () -> new RoiAlign(bins, List.of(0.3, 0.15), 2, false));
        faults.put("roi align of a level of no scale", () -> new RoiAlign(bins, List.of(0.5, 0.0), 2, false));
        RoiAlign two = new RoiAlign(bins, List.of(0.5, 0.25), 2, false);
        faults.put("roi align of other channels", () -> two.output(List.of(MAP, MAP.with(1, 5), ROIS)));
        faults.put("roi align of other pictures", () -> two.output(List.of(MAP, MAP.with(0, 3), ROIS)));
        faults.put("roi align of a row for a level", () -> two.output(List.of(MAP, ROIS, ROIS)));
        return faults;
    }
}
