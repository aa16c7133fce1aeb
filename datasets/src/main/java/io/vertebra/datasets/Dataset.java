package io.vertebra.datasets;

import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;

/**
 * Samples by number, 0 to {@code size() - 1}, always in the same order.
 *
 * <p>Safe for use from several threads at once. Holds no open file between calls, so it needs no closing.
 */
public interface Dataset {

    /** How many samples there are. */
    int size();

    /** The names of the classes; a sample's label is an index into it. */
    List<String> classNames();

    /** The class of a sample, without reading its picture. */
    int label(int index);

    /** What names a sample to people, without reading its picture; stays the same when other samples come or go. */
    String id(int index);

    /**
     * Reads a sample.
     *
     * @throws DatasetException if its file is broken or gone
     */
    Sample load(int index);

    /** The size that all pictures have, where the format fixes it. */
    default Optional<Size> imageSize() {
        return Optional.empty();
    }
}
