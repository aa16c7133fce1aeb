package io.vertebra.tasks;

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

    /** For CSV: the cells after the path, as {@link #columns} names them. */
    List<String> cells();

    /** The names of the cells. */
    List<String> columns();

    /** The photo with the answer drawn over or below it. */
    BufferedImage draw(Raster photo);
}
