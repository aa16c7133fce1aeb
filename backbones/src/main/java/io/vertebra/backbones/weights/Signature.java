package io.vertebra.backbones.weights;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A test on the names of a file: every pattern of {@code all} matches some name, none of {@code none} does, and the named tensors have the given shapes.
 *
 * @param name what it recognises: an architecture; empty where only the scheme is meant
 * @param all regular expressions, each for a whole name
 * @param none regular expressions, each for a whole name
 * @param shapes shapes by full name, as they are in the file
 */
public record Signature(String name, List<String> all, List<String> none, Map<String, List<Integer>> shapes) {

    /** What is left out is empty; one that would match every file is refused. */
    public Signature {
        name = name == null ? "" : name;
        all = all == null ? List.of() : List.copyOf(all);
        none = none == null ? List.of() : List.copyOf(none);
        shapes = shapes == null ? Map.of() : Map.copyOf(shapes);
        if (all.isEmpty() && shapes.isEmpty()) {
            throw new IllegalArgumentException("a signature must ask for a name or a shape");
        }
        all.forEach(Pattern::compile);
        none.forEach(Pattern::compile);
    }

    /** Whether tensors of these names and shapes fit. */
    boolean matches(Map<String, List<Integer>> tensors) {
        return all.stream().allMatch(p -> anyMatch(p, tensors.keySet()))
                && none.stream().noneMatch(p -> anyMatch(p, tensors.keySet()))
                && shapes.entrySet().stream().allMatch(s -> s.getValue().equals(tensors.get(s.getKey())));
    }

    private static boolean anyMatch(String pattern, Collection<String> names) {
        Pattern compiled = Pattern.compile(pattern);
        return names.stream().anyMatch(n -> compiled.matcher(n).matches());
    }
}
