package io.vertebra.app.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The way to a value: {@code data.train.transforms[0].size}.
 *
 * @param steps from the top down
 */
record KeyPath(List<Step> steps) {
    private static final Pattern STEP = Pattern.compile("(?:^|\\.)([^.\\[\\]]+)|\\[([0-9]{1,6})]");

    /** One step down: into a mapping by key, or into a list by index (then {@code key} is null). */
    record Step(String key, int index) {

        /** The value one step below, null where there is none. */
        ConfigNode in(ConfigNode node) {
            if (key != null) {
                return node instanceof ConfigNode.Mapping m ? m.get(key) : null;
            }
            return node instanceof ConfigNode.Listing l && index < l.items().size()
                    ? l.items().get(index)
                    : null;
        }

        @Override
        public String toString() {
            return key != null ? key : "[" + index + "]";
        }
    }

    KeyPath {
        steps = List.copyOf(steps);
    }

    /** Reads a path; a malformed one is an {@link IllegalArgumentException} that says how a path looks. */
    static KeyPath parse(String text) {
        List<Step> steps = new ArrayList<>();
        Matcher matcher = STEP.matcher(text);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            steps.add(
                    matcher.group(1) != null
                            ? new Step(matcher.group(1), 0)
                            : new Step(null, Integer.parseInt(matcher.group(2))));
            end = matcher.end();
        }
        if (end != text.length()
                || text.startsWith(".")
                || steps.isEmpty()
                || steps.get(0).key() == null) {
            throw new IllegalArgumentException(
                    Text.quote(text) + " is no key path; it looks like data.train.transforms[0].size");
        }
        return new KeyPath(steps);
    }

    /** A key below a path. */
    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
