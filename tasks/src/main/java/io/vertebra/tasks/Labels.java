package io.vertebra.tasks;

import io.vertebra.datasets.Palette;
import java.util.List;

/**
 * The classes that a head tells apart, as people see them.
 *
 * @param names in the order of the targets
 * @param palette a colour for each
 */
public record Labels(List<String> names, Palette palette) {

    /** Copies the list. */
    public Labels {
        names = List.copyOf(names);
    }

    /** Names with the standard colours. */
    public static Labels of(List<String> names) {
        return new Labels(names, Palette.STANDARD);
    }

    /** How many there are. */
    public int count() {
        return names.size();
    }
}
