package io.vertebra.datasets;

import java.util.List;

/** Data whose pictures and classes have numbers of their own, which results files name instead of places in lists. */
public interface NumberedData extends Dataset {

    /** The number of every class, by label. */
    List<Long> categoryIds();

    /** The number of a picture. */
    long imageId(int index);
}
