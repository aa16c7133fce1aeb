package io.vertebra.datasets;

/** Pictures without a class of their own: what is known of them are their annotations. */
public interface AnnotatedDataset extends Dataset {

    @Override
    default boolean isLabelled() {
        return false;
    }

    @Override
    default int label(int index) {
        return 0;
    }
}
