package io.vertebra.tasks.detection;

import io.vertebra.datasets.Dataset;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.detection.DetectionScores.Picture;
import io.vertebra.tasks.pictures.Drawing;
import io.vertebra.tasks.report.ConfusionPicture;
import io.vertebra.tasks.report.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The confusion matrix and the worst pictures of an evaluation, from what was found with some certainty.
 *
 * @param ownLabels the class of found objects for each class of the truth
 */
record DetectionPictures(Labels labels, Dataset data, List<Integer> ownLabels, List<Picture> pictures) {
    private static final double SURE = 0.3;
    private static final int WORST = 8;
    private static final int SIDE = 360;

    private record Case(Picture picture, Pairing pairing) {}

    private Pairing pairing(Picture picture) {
        return Pairing.of(sure(picture), picture.truths(), ownLabels);
    }

    private static List<Found> sure(Picture picture) {
        return picture.found().stream().filter(f -> f.score() >= SURE).toList();
    }

    /** Classes of the data, and nothing: found where nothing is, or not found. */
    Part.Picture confusion() {
        int classes = data.classNames().size();
        long[][] counts = new long[classes + 1][classes + 1];
        for (Picture picture : pictures) {
            Pairing pairing = pairing(picture);
            for (Pairing.Hit hit : pairing.hits()) {
                counts[hit.truth().label()][ownLabels.indexOf(hit.found().label())]++;
            }
            pairing.extra().forEach(f -> counts[classes][ownLabels.indexOf(f.label())]++);
            pairing.missed().forEach(t -> counts[t.label()][classes]++);
        }
        List<String> names = new ArrayList<>(data.classNames());
        names.add("(nothing)");
        return ConfusionPicture.of(counts, names);
    }

    /** The pictures with the most faults. */
    Part.Gallery worst() {
        List<Part.Tile> tiles = pictures.stream()
                .map(p -> new Case(p, pairing(p)))
                .filter(c -> c.pairing().faults() > 0)
                .sorted(Comparator.<Case>comparingInt(c -> -c.pairing().faults())
                        .thenComparingInt(c -> c.picture().index()))
                .limit(WORST)
                .map(this::tile)
                .toList();
        return new Part.Gallery("worst", "Most faults: missed dashed white, false dashed red", tiles);
    }

    private Part.Tile tile(Case worst) {
        Pairing pairing = worst.pairing();
        long wrong = pairing.hits().stream().filter(h -> !h.sameClass()).count();
        String caption =
                pairing.missed().size() + " missed, " + (pairing.extra().size() + wrong) + " false";
        Raster photo = data.load(worst.picture().index()).image();
        return new Part.Tile(Drawing.thumbnail(BoxPicture.of(photo, pairing, ownLabels, labels), SIDE), caption);
    }
}
