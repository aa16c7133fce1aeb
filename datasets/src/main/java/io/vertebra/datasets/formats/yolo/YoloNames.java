package io.vertebra.datasets.formats.yolo;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.formats.TextFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the names of the classes: {@code classes.txt} with a name a line, or {@code data.yaml} with {@code names} as a list or by number. Of YAML
 * only that is understood.
 */
final class YoloNames {

    private static final long LARGEST = 1 << 20;
    private static final Pattern INLINE = Pattern.compile("names\\s*:\\s*\\[(.*)]\\s*(#.*)?");
    private static final Pattern ITEM = Pattern.compile("-\\s+(.+?)(\\s+#.*)?");
    private static final Pattern NUMBERED = Pattern.compile("([0-9]+)\\s*:\\s+(.+?)(\\s+#.*)?");

    private YoloNames() {}

    /** The names that a folder of data has, in label order; none if it has no such file. */
    static List<String> in(Path root) {
        for (String file : List.of("classes.txt", "labels/classes.txt")) {
            if (Files.isRegularFile(root.resolve(file))) {
                return named(
                        root.resolve(file),
                        TextFile.lines(root.resolve(file), LARGEST).stream()
                                .filter(line -> !line.isEmpty())
                                .toList());
            }
        }
        Path yaml = root.resolve("data.yaml");
        return Files.isRegularFile(yaml) ? named(yaml, yaml(yaml)) : List.of();
    }

    private static List<String> named(Path file, List<String> names) {
        if (names.isEmpty()) {
            throw new DatasetException(file.toString(), "has no names of classes that are understood");
        }
        return names;
    }

    private static List<String> yaml(Path file) {
        List<String> names = new ArrayList<>();
        boolean isInside = false;
        for (String line : TextFile.lines(file, LARGEST)) {
            Matcher inline = INLINE.matcher(line);
            if (inline.matches()) {
                for (String name : inline.group(1).split(",", -1)) {
                    names.add(unquoted(name));
                }
                return names;
            }
            if (isInside) {
                Optional<String> name = entry(line, names.size());
                if (name.isEmpty() && !line.isEmpty() && !line.startsWith("#")) {
                    return names;
                }
                name.map(YoloNames::unquoted).ifPresent(names::add);
            }
            isInside |= line.matches("names\\s*:");
        }
        return names;
    }

    /** The name in a line {@code - name} or {@code 3: name}, the latter with the number that is next. */
    private static Optional<String> entry(String line, int next) {
        Matcher item = ITEM.matcher(line);
        if (item.matches()) {
            return Optional.of(item.group(1));
        }
        Matcher numbered = NUMBERED.matcher(line);
        return numbered.matches() && numbered.group(1).equals(String.valueOf(next))
                ? Optional.of(numbered.group(2))
                : Optional.empty();
    }

    private static String unquoted(String name) {
        String stripped = name.strip();
        boolean isQuoted = stripped.matches("'.*'|\".*\"");
        return isQuoted ? stripped.substring(1, stripped.length() - 1) : stripped;
    }
}
