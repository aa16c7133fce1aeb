package io.vertebra.datasets;

import java.util.List;

/**
 * A way to keep pictures, registered under the name that configs use ({@code format: folder}).
 *
 * @param <C> the record of the format's own keys; its constructor holds defaults and checks
 */
public interface DatasetFormat<C> {

    /** The record that the keys of the config are bound to. */
    Class<C> config();

    /**
     * The names of the classes in label order, found without reading a picture.
     *
     * @throws IllegalArgumentException {@code path: reason} if a setting names something that is not there
     * @throws DatasetException if a file that was found is wrong
     */
    List<String> classNames(C config);

    /** Finds all samples; throws as {@link #classNames} does. */
    Dataset open(C config);
}
