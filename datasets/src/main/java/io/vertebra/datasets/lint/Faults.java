package io.vertebra.datasets.lint;

import io.vertebra.datasets.DatasetException;

/** Where a reader of annotations tells what is wrong with a file: loading ends at the first error, a lint goes on and collects. */
public interface Faults {

    /**
     * Something that cannot be used.
     *
     * @param position such as {@code annotation 7}; empty for the whole file
     * @throws DatasetException if nobody wants to hear of more
     */
    void error(String position, String reason);

    /** Something that is used all the same, or left out without harm. */
    void warning(String position, String reason);

    /** For loading: an error ends it, warnings are for the lint. */
    static Faults throwing(String file) {
        return new Faults() {
            @Override
            public void error(String position, String reason) {
                throw new DatasetException(file, position, reason, null);
            }

            @Override
            public void warning(String position, String reason) {
                // data check tells it
            }
        };
    }
}
