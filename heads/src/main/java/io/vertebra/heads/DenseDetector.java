package io.vertebra.heads;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.BoxCoder;
import io.vertebra.graph.region.Boxes;
import io.vertebra.graph.region.ClassNms;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a dense detector's outputs mean: where its anchors stand in a picture of a given size, how boxes are coded relative
 * to them, and how logits become detections.
 *
 * <p>Immutable but for a memory of anchors; it may be used by many threads.
 */
public final class DenseDetector {

    /** The column of the background. */
    public static final int BACKGROUND = 0;

    private static final int SIZES_REMEMBERED = 64;

    /** How logits become scores. */
    public enum Scores {
        /** Of all columns, the background's too. */
        SOFTMAX,
        /** Each by itself. */
        SIGMOID
    }

    /** Where anchors stand. */
    @FunctionalInterface
    public interface Layout {
        /** All anchors (A, 4) in pixels, for a picture of this size whose levels have these grids. */
        float[] boxes(Size picture, List<Size> grids);
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
    public record Recipe(Layout layout, BoxCoder coder, Scores scores, ClassNms selection, boolean clipsFirst) {
        /** The same with other limits. */
        public Recipe with(ClassNms limits) {
            return new Recipe(layout, coder, scores, limits, clipsFirst);
        }
    }

    private final Graph levels;
    private final int channels;
    private final Recipe recipe;
    private final Map<Size, float[]> remembered = new ConcurrentHashMap<>();

    /** A detector whose levels are the outputs of a graph for pictures of so many channels. */
    DenseDetector(Graph levels, int channels, Recipe recipe) {
        this.levels = levels;
        this.channels = channels;
        this.recipe = Objects.requireNonNull(recipe, "recipe");
    }

    /** The same with other limits of scores, overlaps and counts. */
    public DenseDetector with(ClassNms limits) {
        return new DenseDetector(levels, channels, recipe.with(limits));
    }

    /**
     * All anchors (A, 4) as x1, y1, x2, y2 in pixels, in the order of the outputs' rows; they may leave the picture. The
     * array is shared: it must not be written to.
     */
    public float[] anchors(Size picture) {
        float[] known = remembered.get(picture);
        if (known != null) {
            return known;
        }
        if (remembered.size() >= SIZES_REMEMBERED) {
            remembered.clear();
        }
        float[] boxes = recipe.layout().boxes(picture, grids(picture));
        remembered.put(picture, boxes);
        return boxes;
    }

    /** The sizes of the levels for a picture. */
    public List<Size> grids(Size picture) {
        List<Shape> shapes =
                levels.shapes(Map.of(Input.PICTURES, Shape.of(1, channels, picture.height(), picture.width())));
        return levels.outputs().values().stream()
                .map(Node::index)
                .map(shapes::get)
                .map(s -> new Size(s.h(), s.w()))
                .toList();
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
        float[] anchors = anchors(picture);
        int count = anchors.length / 4;
        check("class_logits", classLogits.length, row, (long) count * classes);
        check("box_encodings", boxEncodings.length, row, anchors.length);
        float[] scores = recipe.scores() == Scores.SOFTMAX
                ? softmax(classLogits, row * count * classes, count, classes)
                : sigmoid(
                        classLogits,
                        row * count * classes,
                        count * classes,
                        recipe.selection().score());
        float[] boxes = new float[anchors.length];
        for (int i = 0; i < count; i++) {
            recipe.coder().decode(boxEncodings, 4 * (row * count + i), anchors, i, boxes, 4 * i);
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

    private static float[] softmax(float[] logits, int from, int rows, int columns) {
        float[] scores = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            int at = from + row * columns;
            float largest = Float.NEGATIVE_INFINITY;
            for (int k = 0; k < columns; k++) {
                largest = Math.max(largest, logits[at + k]);
            }
            double sum = 0;
            for (int k = 0; k < columns; k++) {
                double exponential = Math.exp(logits[at + k] - largest);
                scores[row * columns + k] = (float) exponential;
                sum += exponential;
            }
            for (int k = 0; k < columns; k++) {
                scores[row * columns + k] = (float) (scores[row * columns + k] / sum);
            }
        }
        return scores;
    }
}
