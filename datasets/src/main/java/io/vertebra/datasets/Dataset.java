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

    /** The names of the values of label maps, from 0 on; empty where the samples have no label maps. */
    default List<String> pixelClassNames() {
        return List.of();
    }

    /** The colours of the classes in pictures for people: of label maps where there are some, else of objects. */
    default Palette palette() {
        return Palette.STANDARD;
    }

    /** Whether every picture has a class of its own; where not, {@link #label} is 0 and says nothing. */
    default boolean isLabelled() {
        return true;
    }

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

    /**
     * What is known about a sample in the coordinates of its picture as stored upright; formats that can do it read no picture for it.
     *
     * @throws DatasetException if a file is broken or gone
     */
    default Annotations annotations(int index) {
        return load(index).annotations();
    }

    /** The size of a sample's picture, where it is known without decoding it. */
    default Optional<Size> size(int index) {
        return imageSize();
    }

    /** The size that all pictures have, where the format fixes it. */
    default Optional<Size> imageSize() {
        return Optional.empty();
    }
}
