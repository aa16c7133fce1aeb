package io.vertebra.tasks.metrics.coco;

import io.vertebra.graph.op.GraphException;
import java.util.Arrays;
import java.util.List;

/**
 * COCO's rule, as pycocotools has it: detections of a picture and category come by falling score, at most 100; each takes the free object that it
 * overlaps most, from a threshold of IoU on; objects that do not count (crowds, other sizes) are only taken where no other one fits, and then
 * the detection does not count either. Precision is made to fall with recall and read at 101 levels.
 *
 * <p>An annotation with id 0 is treated as pycocotools treats it: whoever finds it counts as wrong. Objects made by {@link CocoTruth.Builder#object}
 * never have that id.
 *
 * @see <a href="https://cocodataset.org/#detection-eval">COCO: detection evaluation</a>
 */
public final class CocoEvaluation {

    private final CocoTruth truth;
    private final CocoResults results;
    private final CocoKind kind;
    private final long[] images;
    private final long[] categories;

    private CocoEvaluation(CocoTruth truth, CocoResults results, CocoKind kind) {
        this.truth = truth;
        this.results = results;
        this.kind = kind;
        this.images = truth.images().stream().mapToLong(CocoTruth.Image::id).toArray();
        this.categories =
                truth.categories().stream().mapToLong(CocoTruth.Category::id).toArray();
    }

    /**
     * Compares results with the truth. Results of categories that the truth does not have are left out.
     *
     * @throws GraphException if a row is of a picture that the truth does not have, has no finite score, or masks are to be compared and one
     *     is missing or of another size
     */
    public static CocoSummary evaluate(CocoTruth truth, CocoResults results, CocoKind kind) {
        return new CocoEvaluation(truth, results, kind).run();
    }

    private CocoSummary run() {
        List<CocoTruth.Annotation> annotations = truth.annotations();
        int[] objects = new int[annotations.size()];
        int[] objectCategory = new int[annotations.size()];
        int[] objectImage = new int[annotations.size()];
        for (int i = 0; i < objects.length; i++) {
            CocoTruth.Annotation annotation = annotations.get(i);
            objects[i] = i;
            objectImage[i] = find(images, annotation.image());
            objectCategory[i] = objectImage[i] < 0 ? -1 : find(categories, annotation.category());
        }
        int[] rows = new int[results.size()];
        int[] rowCategory = new int[results.size()];
        int[] rowImage = new int[results.size()];
        int strays = 0;
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i;
            rowImage[i] = find(images, results.image(i));
            rowCategory[i] = find(categories, results.category(i));
            if (rowImage[i] < 0) {
                throw new GraphException("results", "row " + i + " is of the unknown picture " + results.image(i));
            }
            if (!Double.isFinite(results.score(i))) {
                throw new GraphException("results", "row " + i + " has the score " + results.score(i));
            }
            strays += rowCategory[i] < 0 ? 1 : 0;
        }
        Buckets byCategory = new Buckets(rows, rowCategory, rows.length, categories.length);
        Buckets objectsByCategory = new Buckets(objects, objectCategory, objects.length, categories.length);
        CocoSummary summary = new CocoSummary(truth, strays);
        for (int k = 0; k < categories.length; k++) {
            Buckets found = byImage(byCategory, k, rowImage);
            Buckets there = byImage(objectsByCategory, k, objectImage);
            Matches matches = new Matches(truth, results, kind, found.rows().length);
            for (int i = 0; i < images.length; i++) {
                FallingScores.sort(found.rows(), found.start(i), found.end(i), results.scores());
                matches.add(found, there, i);
            }
            Curves.draw(matches, results.scores(), k, summary);
        }
        return summary;
    }

    private Buckets byImage(Buckets byCategory, int k, int[] imageOf) {
        int from = byCategory.start(k);
        int count = byCategory.end(k) - from;
        int[] rows = new int[count];
        int[] keys = new int[count];
        for (int i = 0; i < count; i++) {
            rows[i] = byCategory.rows()[from + i];
            keys[i] = imageOf[rows[i]];
        }
        return new Buckets(rows, keys, count, images.length);
    }

    private static int find(long[] ids, long id) {
        return Math.max(-1, Arrays.binarySearch(ids, id));
    }
}
