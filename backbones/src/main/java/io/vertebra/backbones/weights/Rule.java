package io.vertebra.backbones.weights;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One rule of a naming scheme: a name in the file → the canonical name and the layout.
 *
 * @param from regular expression for a whole name
 * @param to canonical name; {@code {1}} stands for group 1, {@code {1+2}} for the number in group 1 plus 2, {@code {1-2}} less 2, {@code {1:blocks}} for its
 *     entry in the scheme's table {@code blocks}
 * @param layout order of the axes; left out: as PyTorch's
 * @param foldedNorm whether the tensor is the shift of a norm that was folded into the convolution before it; the rest of that norm is made up
 */
public record Rule(String from, String to, Layout layout, boolean foldedNorm) {

    private static final Pattern HOLE = Pattern.compile("\\{(\\d)(?:([+:-])(\\w+))?}");

    /** Checks the patterns. */
    public Rule {
        layout = layout == null ? Layout.SAME : layout;
        int groups = Pattern.compile(from).matcher("").groupCount();
        for (Matcher hole = HOLE.matcher(to); hole.find(); ) {
            if (Integer.parseInt(hole.group(1)) > groups) {
                throw new IllegalArgumentException("rule " + from + " has no group for " + hole.group());
            }
        }
        if (foldedNorm && !to.endsWith(".bias")) {
            throw new IllegalArgumentException("rule " + from + ": only the bias of a norm can be folded, not " + to);
        }
    }

    /** The canonical name, if this rule is for the given one and its tables know it. */
    Optional<String> rename(String name, Map<String, Map<String, String>> tables) {
        Matcher matcher = Pattern.compile(from).matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        StringBuilder renamed = new StringBuilder();
        Matcher hole = HOLE.matcher(to);
        while (hole.find()) {
            String group = matcher.group(Integer.parseInt(hole.group(1)));
            String value = fill(group, hole.group(2), hole.group(3), tables);
            if (value == null) {
                return Optional.empty();
            }
            hole.appendReplacement(renamed, Matcher.quoteReplacement(value));
        }
        return Optional.of(hole.appendTail(renamed).toString());
    }

    private static String fill(
            String group, String operation, String operand, Map<String, Map<String, String>> tables) {
        if (operation == null) {
            return group;
        }
        if (operation.equals(":")) {
            return tables.get(operand).get(group);
        }
        if (!group.matches("\\d{1,9}")) {
            return null;
        }
        int number = Integer.parseInt(group);
        int by = Integer.parseInt(operand);
        return String.valueOf(operation.equals("+") ? number + by : number - by);
    }
}
