package io.vertebra.tasks.segmentation;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxDice;
import io.vertebra.images.LabelMap;
import io.vertebra.tasks.config.LossConfig;
import io.vertebra.tasks.config.LossTerm;
import java.util.List;

/**
 * The terms of a loss over pixels.
 *
 * @param config the section {@code train.loss}
 * @param classes of the head
 */
record SegmentationLoss(LossConfig config, int classes) {
    static final List<Class<? extends LossTerm>> KINDS =
            List.of(LossTerm.CrossEntropy.class, LossTerm.Ohem.class, LossTerm.Dice.class);

    SegmentationLoss {
        Check.that(
                config.classWeights().isEmpty() || config.classWeights().size() == classes,
                "class_weights",
                "are %d for %d classes",
                config.classWeights().size(),
                classes);
    }

    /** The terms: cross entropy if none is named. */
    List<LossTerm> terms() {
        return config.terms(KINDS, List.of(new LossTerm.CrossEntropy(1.0)));
    }

    /** A term of full-size logits (N, K, H, W) and labels (N, H, W). */
    Node of(LossTerm term, Node logits, Node labels, GraphBuilder g) {
        return g.apply(operator(term), logits, labels);
    }

    private Op operator(LossTerm term) {
        if (term instanceof LossTerm.Ohem ohem) {
            return crossEntropy(new SoftmaxCrossEntropy.Hardest(ohem.threshold(), ohem.minKept()));
        }
        if (term instanceof LossTerm.Dice dice) {
            return new SoftmaxDice(dice.smooth(), LabelMap.IGNORE);
        }
        return crossEntropy(null);
    }

    private Op crossEntropy(SoftmaxCrossEntropy.Hardest hardest) {
        return new SoftmaxCrossEntropy(
                config.labelSmoothing(), LabelMap.IGNORE, config.classWeights(), hardest, config.average());
    }
}
