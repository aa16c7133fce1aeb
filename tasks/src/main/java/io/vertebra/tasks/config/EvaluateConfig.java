package io.vertebra.tasks.config;

import io.vertebra.graph.op.Check;
import java.util.List;

/**
 * The section {@code evaluate}.
 *
 * @param batchSize pictures in one pass through the network
 * @param everyEpochs epochs between two evaluations in training; 0: not by epochs
 * @param everyIterations updates between two evaluations in training; 0: not by updates. The end is always evaluated
 * @param best metric that says which weights are best; left out: the main one of the task
 * @param keep how many of the best checkpoints are kept, beside the two newest
 * @param patience evaluations without a better one after which training ends; 0: it goes on to its end
 * @param mode segmentation: {@code whole} pictures at once, or a {@code slide} of windows
 * @param crop segmentation, slide: height and width of the window
 * @param stride segmentation, slide: steps of the window down and right
 * @param scales segmentation: factors of the picture's size whose answers are averaged
 * @param flip segmentation: whether the mirrored picture is averaged in too
 * @param protocol detection: whose rules the figures follow
 * @param showScore detection: objects that are less sure are not told and drawn by predict
 */
public record EvaluateConfig(
        Integer batchSize,
        Integer everyEpochs,
        Integer everyIterations,
        String best,
        Integer keep,
        Integer patience,
        Mode mode,
        List<Integer> crop,
        List<Integer> stride,
        List<Double> scales,
        Boolean flip,
        Protocol protocol,
        Double showScore) {

    /** How large pictures are answered. */
    public enum Mode {
        /** The whole picture in one pass. */
        WHOLE,
        /** Windows that overlap, their answers averaged. */
        SLIDE
    }

    /** Rules of detection metrics. */
    public enum Protocol {
        /** AP over IoU 0.50 to 0.95, as pycocotools. */
        COCO,
        /** AP at IoU 0.5 with the eleven points of VOC 2007. */
        VOC07,
        /** AP at IoU 0.5 under the whole curve, VOC 2010 and later. */
        VOC10
    }

    /** Fills in and checks. */
    public EvaluateConfig {
        batchSize = Default.of(batchSize, 32);
        everyIterations = Default.of(everyIterations, 0);
        everyEpochs = Default.of(everyEpochs, everyIterations > 0 ? 0 : 1);
        best = Default.of(best, "");
        keep = Default.of(keep, 2);
        patience = Default.of(patience, 0);
        mode = Default.of(mode, Mode.WHOLE);
        crop = List.copyOf(Default.of(crop, List.of(512, 512)));
        checkPair("crop", crop);
        stride = List.copyOf(Default.of(stride, List.of(twoThirds(crop.get(0)), twoThirds(crop.get(1)))));
        scales = List.copyOf(Default.of(scales, List.of(1.0)));
        flip = Default.of(flip, false);
        protocol = Default.of(protocol, Protocol.COCO);
        showScore = Default.of(showScore, 0.3);
        Check.that(showScore >= 0 && showScore <= 1, "show_score", "must lie in [0, 1], is %s", showScore);
        Check.atLeast(1, "batch_size", batchSize);
        Check.atLeast(0, "every_epochs", everyEpochs);
        Check.atLeast(0, "every_iterations", everyIterations);
        Check.atLeast(1, "keep", keep);
        Check.atLeast(0, "patience", patience);
        checkPair("stride", stride);
        Check.that(
                stride.get(0) <= crop.get(0) && stride.get(1) <= crop.get(1),
                "stride",
                "%s leaves gaps between windows of %s",
                stride,
                crop);
        Check.that(!scales.isEmpty(), "scales", "needs a factor; 1.0 is the picture as it is");
        for (double scale : scales) {
            Check.that(scale > 0 && scale <= 8, "scales", "must lie in (0, 8], has %s", scale);
        }
    }

    private static int twoThirds(int side) {
        return Math.max(1, 2 * side / 3);
    }

    private static void checkPair(String key, List<Integer> pair) {
        Check.that(pair.size() == 2 && pair.get(0) > 0 && pair.get(1) > 0, key, "must be [height, width], is %s", pair);
    }

    /** Everything by default. */
    public static EvaluateConfig defaults() {
        return of(null, null, null, null, null, null);
    }

    /** When and how often, the rest by default. */
    public static EvaluateConfig of(
            Integer batchSize,
            Integer everyEpochs,
            Integer everyIterations,
            String best,
            Integer keep,
            Integer patience) {
        return new EvaluateConfig(
                batchSize,
                everyEpochs,
                everyIterations,
                best,
                keep,
                patience,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
