package io.vertebra.heads;

import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.BoxCoder;
import io.vertebra.graph.region.Boxes;
import io.vertebra.graph.region.ClassNms;
import java.util.List;
import java.util.function.Function;

/**
 * What a dense detector's outputs mean: where its anchors stand in a picture of a given size, how boxes are coded relative
 * to them, and how logits become detections.
 *
 * <p>Immutable but for a memory of anchors; it may be used by many threads.
 */
public final class DenseDetector implements Detector {

    /** The column of the background. */
    public static final int BACKGROUND = 0;

    private static final String CLASS_LOGITS = "class_logits";
    private static final String BOX_ENCODINGS = "box_encodings";

    /** How logits become scores. */
    public enum Scores {
        /** Of all columns, the background's too. */
        SOFTMAX,
        /** Each by itself. */
        SIGMOID
    }

    /**
     * How the outputs of a kind of head become boxes.
     *
     * @param layout of its anchors
     * @param coder of its boxes
     * @param scores of its logits
     * @param selection limits of scores, overlaps and counts
     * @param clipsFirst whether boxes are cut off at the picture's borders before they are compared, as torchvision does,
     *     or after, as TensorFlow does
     */
    public record Recipe(AnchorLayout layout, BoxCoder coder, Scores scores, ClassNms selection, boolean clipsFirst) {
        /** The same with other limits. */
        public Recipe with(ClassNms limits) {
            return new Recipe(layout, coder, scores, limits, clipsFirst);
        }
    }

    private final AnchorBoxes anchors;
    private final Recipe recipe;

    /** A detector on levels of these sizes. */
    DenseDetector(LevelSizes levels, Recipe recipe) {
        this(new AnchorBoxes(levels, recipe.layout()), recipe);
    }

    private DenseDetector(AnchorBoxes anchors, Recipe recipe) {
        this.anchors = anchors;
        this.recipe = recipe;
    }

    /** The same with other limits of scores, overlaps and counts. */
    public DenseDetector with(ClassNms limits) {
        return new DenseDetector(anchors, recipe.with(limits));
    }

    @Override
    public List<String> outputs() {
        return List.of(CLASS_LOGITS, BOX_ENCODINGS);
    }

    @Override
    public float[] anchors(Size pictures) {
        return anchors.of(pictures);
    }

    /** The sizes of the levels for a picture. */
    public List<Size> grids(Size picture) {
        return anchors.levels().of(picture);
    }

    /** The coding of boxes; its codes have the order of the columns of {@code box_encodings}. */
    public BoxCoder coder() {
        return recipe.coder();
    }

    /** How logits become scores. */
    public Scores scores() {
        return recipe.scores();
    }

    /** The limits of scores, overlaps and counts. */
    public ClassNms selection() {
        return recipe.selection();
    }

    @Override
    public Detections decode(Function<String, Tensor.Floats> outputs, int row, Size pictures, Size picture) {
        Tensor.Floats logits = outputs.apply(CLASS_LOGITS);
        float[] encodings = outputs.apply(BOX_ENCODINGS).data();
        return decode(logits.data(), encodings, row, logits.shape().get(2), pictures);
    }

    /**
     * What was found in one picture of a batch.
     *
     * @param classLogits of the batch (N, A, classes)
     * @param boxEncodings of the batch (N, A, 4)
     * @param row of the picture in the batch
     * @param classes columns of the logits, the background first
     * @param picture size of the picture that the network saw
     */
    public Detections decode(float[] classLogits, float[] boxEncodings, int row, int classes, Size picture) {
        float[] all = anchors(picture);
        int count = all.length / 4;
        check(CLASS_LOGITS, classLogits.length, row, (long) count * classes);
        check(BOX_ENCODINGS, boxEncodings.length, row, all.length);
        float[] scores = recipe.scores() == Scores.SOFTMAX
                ? Softmax.rows(classLogits, row * count * classes, count, classes)
                : sigmoid(
                        classLogits,
                        row * count * classes,
                        count * classes,
                        recipe.selection().score());
        float[] boxes = new float[all.length];
        for (int i = 0; i < count; i++) {
            recipe.coder().decode(boxEncodings, 4 * (row * count + i), all, i, boxes, 4 * i);
        }
        float[] compared = recipe.clipsFirst() ? Boxes.clip(boxes, picture) : boxes;
        ClassNms.Selection found = recipe.selection().select(compared, scores, classes, BACKGROUND + 1);
        return new Detections(
                Boxes.clip(Boxes.take(compared, found.boxes()), picture), found.scores(), found.classes());
    }

    private static void check(String name, int length, int row, long each) {
        Check.that(
                row >= 0 && length % each == 0 && (row + 1) * each <= length,
                name,
                "have %d numbers, picture %d needs %d from %d on",
                length,
                row,
                each,
                row * each);
    }

    /** Scores below the limit may be anything below it, so that few exponentials are needed. */
    private static float[] sigmoid(float[] logits, int from, int count, double limit) {
        float[] scores = new float[count];
        double least = limit > 0 && limit < 1 ? Math.log(limit / (1 - limit)) : Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            float logit = logits[from + i];
            scores[i] = logit < least ? 0 : (float) (1 / (1 + Math.exp(-logit)));
        }
        return scores;
    }
}
