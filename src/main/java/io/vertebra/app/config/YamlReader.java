package io.vertebra.app.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Step one of reading: text to a tree of {@link ConfigNode}s, YAML 1.2 with the core schema and nothing that could run code.
 *
 * <p>At most 4 MB, one document, 50 aliases, 64 levels, 100,000 values after the aliases are written out. No tags, no merge keys, no duplicate or
 * non-text keys. {@code 010} is ten, {@code no} is text, as YAML 1.2 says.
 */
public final class YamlReader {
    static final int MAX_BYTES = 4 << 20;

    private YamlReader() {}

    /** Reads a file; whatever is wrong is a {@link ConfigException} that names it as it was given. */
    public static ConfigNode.Mapping read(Path file) {
        String source = file.toString();
        ConfigNode node = compose(decode(bytes(file), source), source, null);
        if (node instanceof ConfigNode.Mapping mapping) {
            return mapping;
        }
        throw new ConfigException(
                node.origin(), "", "a config is a mapping of keys to values, found " + node.describe());
    }

    /** Reads text that came from somewhere else than a file. */
    static ConfigNode text(String text, String source) {
        return compose(text, source, null);
    }

    /** Reads the value of an option; all of it has the option as its origin. */
    static ConfigNode value(String text, Origin origin) {
        return compose(text, origin.source(), origin);
    }

    private static ConfigNode compose(String text, String source, Origin fixed) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("config")
                .setCodePointLimit(MAX_BYTES)
                .build();
        try {
            return new NodeComposer(
                            source, fixed, new Parse(settings).parseString(text).iterator())
                    .document();
        } catch (MarkedYamlEngineException e) {
            throw new ConfigException(place(e, text, source, fixed), "", problem(e, text));
        } catch (YamlEngineException e) {
            throw new ConfigException(
                    fixed == null ? Origin.of(source) : fixed, "", "is not YAML: " + firstLine(e.getMessage()));
        }
    }

    /** An unclosed bracket is reported where it was opened, everything else where it was noticed. */
    private static Origin place(MarkedYamlEngineException e, String text, String source, Origin fixed) {
        Mark mark = e.getProblemMark().orElse(null);
        if (e.getContextMark().isPresent()
                && (mark == null || mark.getIndex() >= text.stripTrailing().length())) {
            mark = e.getContextMark().get();
        }
        return fixed != null ? fixed : mark == null ? Origin.of(source) : origin(source, mark);
    }

    private static String problem(MarkedYamlEngineException e, String text) {
        Mark mark = e.getProblemMark().orElse(null);
        if (mark != null && mark.getIndex() < text.length() && text.charAt(mark.getIndex()) == '\t') {
            return "a tab cannot indent; use spaces";
        }
        String context = e.getContext() == null ? "" : firstLine(e.getContext()) + ", ";
        return "is not YAML: " + context + firstLine(e.getProblem());
    }

    private static String firstLine(String text) {
        return text == null ? "" : text.lines().findFirst().orElse("").strip();
    }

    static Origin origin(String source, Mark mark) {
        return new Origin(source, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static byte[] bytes(Path file) {
        String source = file.toString();
        if (!Files.exists(file)) {
            throw new ConfigException(Origin.of(source), "", "no such file");
        }
        if (!Files.isRegularFile(file)) {
            throw new ConfigException(Origin.of(source), "", "is not a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ConfigException(Origin.of(source), "", "is larger than 4 MB, which no config is");
            }
            return bytes;
        } catch (AccessDeniedException e) {
            throw new ConfigException(Origin.of(source), "", "may not be read by this user");
        } catch (IOException e) {
            throw new ConfigException(Origin.of(source), "", "cannot be read: " + e.getMessage());
        }
    }

    private static String decode(byte[] bytes, String source) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            int line = (int) text.chars().filter(c -> c == '\n').count() + 1;
            int column = text.length() - (text.lastIndexOf('\n') + 1) + 1;
            throw new ConfigException(
                    new Origin(source, line, column), "", "is not UTF-8, byte 0x%02x".formatted(bytes[in.position()]));
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
