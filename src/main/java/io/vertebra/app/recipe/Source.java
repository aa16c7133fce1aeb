package io.vertebra.app.recipe;

import java.util.List;

/**
 * Where pictures come from: {@code data.train} or {@code data.val}.
 *
 * @param format the registered name
 * @param config the format's own keys
 * @param transforms what is done to each picture, in this order
 */
public record Source(String format, Record config, List<Step> transforms) {

    /**
     * The keys that all formats have.
     *
     * @param transforms what is done to each picture, in this order
     */
    public record Common(List<Step> transforms) {
        /** No transforms if left out. */
        public Common {
            transforms = transforms == null ? List.of() : List.copyOf(transforms);
        }
    }

    /**
     * One transform.
     *
     * @param name the registered name
     * @param config its keys
     */
    public record Step(String name, Record config) {}
}
