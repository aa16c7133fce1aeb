package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import java.util.Arrays;

/**
 * The last step of a dense detector: scores of every class for the same boxes become a short list of detections.
 *
 * <p>Of each class, boxes whose score is above {@code score} are candidates; the best {@code candidates} of them go through
 * {@link Nms}; the best {@code perClass} of what is kept stay; the best {@code perPicture} of all classes are the answer.
 * torchvision's SSD is (0.01, 0.45, 400, no limit, 200), TensorFlow's (1e-8, 0.6, no limit, 100, 100). Equal scores go by
 * class, then by rank within the class.
 *
 * <p>The scores are read twice from front to back; only candidates are sorted. With 8732 boxes and 90 classes nearly all
 * time is that reading as long as the threshold lets few through.
 *
 * @param score a candidate's score is greater than this
 * @param iou a box that overlaps a better one by more than this is suppressed
 * @param candidates the largest number of boxes of a class that are looked at
 * @param perClass the largest number of detections of a class
 * @param perPicture the largest number of detections
 */
public record ClassNms(double score, double iou, int candidates, int perClass, int perPicture) {

    /** No limit. */
    public static final int ALL = Integer.MAX_VALUE;

    /** Checks the limits. */
    public ClassNms {
        Check.that(!Double.isNaN(score), "score", "must be a number");
        Door.share("iou", iou);
        Check.atLeast(1, "candidates", candidates);
        Check.atLeast(1, "per_class", perClass);
        Check.atLeast(1, "per_picture", perPicture);
    }

    /** What was found, best first. */
    public static final class Selection {
        private final int[] boxes;
        private final int[] classes;
        private final float[] scores;

        private Selection(int count) {
            boxes = new int[count];
            classes = new int[count];
            scores = new float[count];
        }

        /** The number of detections. */
        public int count() {
            return boxes.length;
        }

        /** The rows of the boxes array. */
        public int[] boxes() {
            return boxes.clone();
        }

        /** The columns of the scores array. */
        public int[] classes() {
            return classes.clone();
        }

        /** Their scores. */
        public float[] scores() {
            return scores.clone();
        }
    }

    /** Columns from {@code firstClass} on compete (1 leaves background out): boxes (n, 4), scores (n, columns). */
    public Selection select(float[] boxes, float[] scores, int columns, int firstClass) {
        int count = Door.boxes("boxes", boxes);
        Check.atLeast(1, "columns", columns);
        Check.that(firstClass >= 0 && firstClass < columns, "first_class", "%d of %d columns", firstClass, columns);
        Door.length("scores", scores.length, (long) count * columns);
        int[] ends = new int[columns];
        long[] keys = candidates(scores, columns, firstClass, ends);
        Nms.Greedy greedy = new Nms.Greedy(iou);
        Found found = new Found();
        for (int column = firstClass; column < columns; column++) {
            int from = column == 0 ? 0 : ends[column - 1];
            Arrays.sort(keys, from, ends[column]);
            int to = ends[column] - from > candidates ? from + candidates : ends[column];
            greedy.run(boxes, keys, from, to, Math.min(perClass, perPicture));
            for (int i = 0; i < greedy.count(); i++) {
                found.add(greedy.index(i), column, scores[greedy.index(i) * columns + column]);
            }
        }
        return found.best(perPicture);
    }

    /** Ranking keys of the candidates, class after class; where each class ends is written to {@code ends}. */
    private long[] candidates(float[] scores, int columns, int firstClass, int[] ends) {
        int[] next = new int[columns];
        for (int row = 0; row < scores.length; row += columns) {
            for (int column = 0; column < columns; column++) {
                float value = scores[row + column];
                if (value > score && column >= firstClass) {
                    next[column]++;
                } else if (!Float.isFinite(value)) {
                    Check.that(false, "scores", "box %d, class %d: %s", row / columns, column, value);
                }
            }
        }
        int total = 0;
        for (int column = 0; column < columns; column++) {
            int start = total;
            total += next[column];
            next[column] = start;
            ends[column] = total;
        }
        long[] keys = new long[total];
        for (int row = 0; row < scores.length; row += columns) {
            for (int column = firstClass; column < columns; column++) {
                if (scores[row + column] > score) {
                    keys[next[column]++] = Ranking.key(scores[row + column], row / columns);
                }
            }
        }
        return keys;
    }

    /** Detections of all classes in the order of the classes. */
    private static final class Found {
        private int[] boxes = new int[64];
        private int[] classes = new int[64];
        private float[] scores = new float[64];
        private int count;

        void add(int box, int column, float score) {
            if (count == boxes.length) {
                boxes = Arrays.copyOf(boxes, 2 * count);
                classes = Arrays.copyOf(classes, 2 * count);
                scores = Arrays.copyOf(scores, 2 * count);
            }
            boxes[count] = box;
            classes[count] = column;
            scores[count++] = score;
        }

        Selection best(int maximum) {
            long[] order = Ranking.keys(Arrays.copyOf(scores, count));
            int size = Math.min(count, maximum);
            Selection best = new Selection(size);
            for (int i = 0; i < size; i++) {
                int at = Ranking.index(order[i]);
                best.boxes[i] = boxes[at];
                best.classes[i] = classes[at];
                best.scores[i] = scores[at];
            }
            return best;
        }
    }
}
