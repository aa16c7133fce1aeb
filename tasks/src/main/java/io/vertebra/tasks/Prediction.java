package io.vertebra.tasks;

import io.vertebra.datasets.Annotations;
import io.vertebra.images.Raster;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;

/** The answer for one picture. */
public interface Prediction {

    /** For people, in one line: {@code Egyptian cat 0.871, tabby 0.066}. */
    String summary();

    /** For JSON: plain maps, lists, texts and numbers. */
    Map<String, Object> values();

    /** For CSV: the rows of cells after the path, as {@link #columns} names them. */
    List<List<String>> rows();

    /** The names of the cells. */
    List<String> columns();

    /**
     * The photo with the answer drawn over or below it.
     *
     * @param truth what is known of the photo, drawn beside or marked where the answer is wrong; {@link Annotations#NONE}:
     *     nothing
     */
    BufferedImage draw(Raster photo, Annotations truth);

    /** Files of its own beside the drawing: what is put behind the photo's name → content. */
    default Map<String, byte[]> files() {
        return Map.of();
    }
}
