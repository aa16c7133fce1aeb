package io.vertebra.app.recipe;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.transforms.Pipeline;
import java.util.List;
import java.util.Optional;

/**
 * The pictures of a recipe, found and checked.
 *
 * @param train those to train on
 * @param val those to validate on
 * @param classes names in label order: of pictures or objects, or of pixels where those have none
 */
public record OpenedData(Optional<Part> train, Optional<Part> val, List<String> classes) {

    /**
     * Pictures and what is done to them.
     *
     * @param path the section that they come from, for messages: {@code data.train}
     */
    public record Part(String path, Dataset data, Pipeline pipeline) {}

    /** The names of a data set's classes: of its pictures or objects, or of its pixels where those have none. */
    public static List<String> classNames(Dataset data) {
        return data.classNames().isEmpty() ? data.pixelClassNames() : data.classNames();
    }

    /** A data set to ask for classes and colours: the first that there is. */
    public Optional<Dataset> any() {
        return parts().stream().map(Part::data).findFirst();
    }

    /** The parts that there are, for those that treat them alike. */
    public List<Part> parts() {
        return java.util.stream.Stream.of(train, val).flatMap(Optional::stream).toList();
    }
}
