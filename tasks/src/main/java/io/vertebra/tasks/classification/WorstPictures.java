package io.vertebra.tasks.classification;

import io.vertebra.datasets.Dataset;
import io.vertebra.tasks.pictures.Drawing;
import io.vertebra.tasks.pictures.Pictures;
import io.vertebra.tasks.report.Part;
import java.util.List;
import java.util.Locale;

/** The samples with the largest loss, with truth and answer below each. */
final class WorstPictures {
    private static final int SIDE = 160;

    private WorstPictures() {}

    /**
     * A sample.
     *
     * @param index in the data set
     * @param probability of the answer
     */
    record Case(int index, String truth, String answer, double probability) {
        String caption() {
            return String.format(Locale.ROOT, "%s → %s %.0f %%", truth, answer, 100 * probability);
        }
    }

    static Part.Gallery of(List<Case> cases, Dataset data) {
        List<Part.Tile> tiles = cases.stream()
                .map(c -> new Part.Tile(thumbnail(data, c), c.caption()))
                .toList();
        return new Part.Gallery("worst", "Largest losses", tiles);
    }

    private static Drawing thumbnail(Dataset data, Case sample) {
        return Drawing.thumbnail(Pictures.of(data.load(sample.index()).image()), SIDE);
    }
}
