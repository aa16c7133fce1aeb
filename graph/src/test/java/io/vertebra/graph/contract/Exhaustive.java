package io.vertebra.graph.contract;

import java.util.Collection;
import java.util.List;

/** Which of many alike a test runs: on a usual build some of each kind, all with {@code -Pexhaustive}. */
public final class Exhaustive {
    private static final boolean ALL = Boolean.getBoolean("vertebra.exhaustive");

    private Exhaustive() {}

    /** All, or those that are not among the left out, each of which has its like among what stays. */
    public static <T> List<T> without(Collection<? extends T> leftOut, List<T> all) {
        return ALL ? all : all.stream().filter(one -> !leftOut.contains(one)).toList();
    }
}
