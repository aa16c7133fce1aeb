package io.vertebra.app.recipe;

import io.vertebra.app.config.Binding;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The keys that complaints of a library begin with. */
final class Keys {
    private static final Pattern COMPLAINT = Pattern.compile("([a-z_]+(?:\\[[0-9]+])?): (.*)", Pattern.DOTALL);

    private Keys() {}

    /** Adds a complaint to a binding: one that begins with {@code key: } is about that key of the section. */
    static void fault(Binding<?> binding, String section, String message) {
        Matcher complaint = COMPLAINT.matcher(message);
        if (complaint.matches()) {
            binding.fault(section + "." + complaint.group(1), complaint.group(2));
        } else {
            binding.fault(section, message);
        }
    }
}
