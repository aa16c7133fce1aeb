package io.vertebra.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlReaderTest {
    @TempDir
    Path folder;

    private static String refusal(String yaml) {
        try {
            YamlReader.text(yaml, "a.yaml");
            return "accepted";
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "12, WHOLE", "010, WHOLE", "0o17, WHOLE", "0x1F, WHOLE", "-3, WHOLE", "1.5, DECIMAL", "1e-3, DECIMAL",
                ".nan, DECIMAL",
        "-.inf, DECIMAL", "true, TRUTH", "True, TRUTH", "no, TEXT", "yes, TEXT", "on, TEXT", "12:30, TEXT",
                "1_000, TEXT",
        "~, NOTHING", "null, NOTHING", "'', NOTHING", "\"12\", TEXT"
    })
    void knowsTheCoreSchemaOfYaml12(String text, ConfigNode.Kind kind) {
        ConfigNode.Mapping root = Samples.tree("a: " + text);
        assertThat(((ConfigNode.Scalar) root.get("a")).kind()).isEqualTo(kind);
    }

    @Test
    void keepsTheOrderOfKeysAndTheirPlaces() {
        ConfigNode.Mapping root = Samples.tree("b: 1\na:\n  c: [x, {d: 2}]\n");
        assertThat(root.entries().keySet()).containsExactly("b", "a");
        assertThat(root.locate("a.c[1].d")).isEqualTo(new Origin("plan.yaml", 3, 14));
        assertThat(root.locate("a.c[1].e")).isEqualTo(new Origin("plan.yaml", 3, 10));
        assertThat(root.locate("")).isEqualTo(new Origin("plan.yaml", 1, 1));
        assertThat(root.entries().get("a").key()).isEqualTo(new Origin("plan.yaml", 2, 1));
    }

    @Test
    void writesAliasesOut() {
        ConfigNode.Mapping root = Samples.tree("a: &x {b: 1}\nc: *x\n");
        assertThat(root.get("c")).isEqualTo(root.get("a"));
    }

    @Test
    void saysWhatIsWrongAndWhere() {
        Map<String, String> cases = new LinkedHashMap<>();
        cases.put("nothing", "");
        cases.put("comment", "# only\n");
        cases.put("tab", "a:\n\tb: 1\n");
        cases.put("unclosed", "a: 1\nb: {c: [1, 2]\n\n");
        cases.put("two documents", "a: 1\n---\nb: 2\n");
        cases.put("duplicate", "a: 1\nb: 2\na: 3\n");
        cases.put("key is a number", "a: 1\n2: b\n");
        cases.put("key is a list", "[a, b]: c\n");
        cases.put("merge", "a: {<<: {b: 1}}\n");
        cases.put("tag", "a: !!java.io.File [x]\nb: !own 3\nc: !!str 3\n");
        cases.put("alias of nothing", "a: *b\n");
        cases.put("alias of itself", "a: &b [1, *b]\n");
        cases.put("deep", "a: " + "[".repeat(70) + "]".repeat(70));
        cases.put("bad character", "a: \u0007\n");
        cases.put("bad escape", "a: \"\\q\"\n");
        cases.put("flood", "a: {b: 1, '" + "x".repeat(5000) + "': 2, '" + "x".repeat(5000) + "': 3}\n");
        String actual = cases.entrySet().stream()
                .map(c -> "# " + c.getKey() + "\n" + refusal(c.getValue()) + "\n")
                .collect(Collectors.joining("\n"));
        Goldens.assertMessages("yaml", actual);
    }

    @Test
    void acceptsExactlySixtyFourLevels() {
        assertThat(refusal("a: " + "[".repeat(63) + "]".repeat(63))).isEqualTo("accepted");
        assertThat(refusal("a: " + "[".repeat(64) + "]".repeat(64))).contains("deeper than 64");
    }

    @Test
    void acceptsExactlyFiftyAliases() {
        assertThat(refusal("a: &x 1\nb: [" + "*x, ".repeat(49) + "*x]\n")).isEqualTo("accepted");
        assertThat(refusal("a: &x 1\nb: [" + "*x, ".repeat(50) + "*x]\n")).contains("more than 50 aliases");
    }

    @Test
    void countsWhatAliasesWriteOut() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1]\n");
        for (int i = 1; i < 7; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(8)));
        }
        assertThat(refusal(bomb.toString())).startsWith("a.yaml:6:").contains("more than 100000 values");
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws IOException {
        Path file = folder.resolve("latin.yaml");
        Files.write(file, new byte[] {'a', ':', ' ', '1', '\n', 'b', ':', ' ', 'c', (byte) 0xf3, '\n'});
        assertThatThrownBy(() -> YamlReader.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ":2:5: is not UTF-8, byte 0xf3");
    }

    @Test
    void readsAByteOrderMarkAndWindowsLineEnds() throws IOException {
        Path file = folder.resolve("bom.yaml");
        Files.writeString(file, "\uFEFFa: 1\r\nb: 2\r\n");
        assertThat(YamlReader.read(file).entries().keySet()).containsExactly("a", "b");
    }

    @Test
    void refusesWhatIsNoFileOfReasonableSize() throws IOException {
        Path large = folder.resolve("large.yaml");
        Files.write(large, new byte[YamlReader.MAX_BYTES + 1]);
        Path list = folder.resolve("list.yaml");
        Files.writeString(list, "- a\n");
        assertThatThrownBy(() -> YamlReader.read(large))
                .hasMessage(large + ": is larger than 4 MB, which no config is");
        assertThatThrownBy(() -> YamlReader.read(folder)).hasMessage(folder + ": is not a file");
        assertThatThrownBy(() -> YamlReader.read(list))
                .hasMessage(list + ":1:1: a config is a mapping of keys to values, found a list");
        Path absent = folder.resolve("absent.yaml");
        assertThatThrownBy(() -> YamlReader.read(absent)).hasMessage(absent + ": no such file");
    }
}
