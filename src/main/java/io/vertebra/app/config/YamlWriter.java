package io.vertebra.app.config;

import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Writes a tree as YAML: sections in blocks, lists and items of lists in one line. */
public final class YamlWriter {
    private final boolean withOrigins;
    private final ScalarResolver resolver = new CoreSchema().getScalarResolver();

    /** With origins, each line ends with a comment that names the place of its value. */
    public YamlWriter(boolean withOrigins) {
        this.withOrigins = withOrigins;
    }

    /** The whole tree, with a line feed at its end. */
    public String write(ConfigNode.Mapping root) {
        StringBuilder out = new StringBuilder();
        block(root, 0, out);
        return out.toString();
    }

    private void block(ConfigNode.Mapping mapping, int depth, StringBuilder out) {
        mapping.entries().forEach((key, entry) -> {
            out.append("  ".repeat(depth)).append(text(key)).append(':');
            if (entry.value() instanceof ConfigNode.Mapping m && !m.entries().isEmpty()) {
                out.append('\n');
                block(m, depth + 1, out);
            } else if (entry.value() instanceof ConfigNode.Listing l
                    && l.items().stream().anyMatch(ConfigNode.Mapping.class::isInstance)) {
                out.append('\n');
                l.items()
                        .forEach(item -> line(
                                out.append("  ".repeat(depth + 1)).append("- ").append(flow(item)), item.origin()));
            } else {
                line(out.append(' ').append(flow(entry.value())), entry.value().origin());
            }
        });
    }

    private void line(StringBuilder out, Origin origin) {
        out.append(withOrigins ? "  # " + origin : "").append('\n');
    }

    private String flow(ConfigNode node) {
        if (node instanceof ConfigNode.Mapping m) {
            return m.entries().entrySet().stream()
                    .map(e -> text(e.getKey()) + ": " + flow(e.getValue().value()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (node instanceof ConfigNode.Listing l) {
            return l.items().stream().map(this::flow).collect(Collectors.joining(", ", "[", "]"));
        }
        ConfigNode.Scalar scalar = (ConfigNode.Scalar) node;
        return scalar.kind() == ConfigNode.Kind.TEXT ? text(scalar.text()) : scalar.text();
    }

    /** Text without quotes where it stays text, else in double quotes, which JSON and YAML read alike. */
    private String text(String text) {
        if (text.matches("[A-Za-z0-9_./][A-Za-z0-9_./+@-]*")
                && resolver.resolve(text, true).equals(Tag.STR)) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (Character.isISOControl(c) || c == 0xfeff || c == 0x2028 || c == 0x2029) {
                quoted.append("\\u%04x".formatted(c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }
}
