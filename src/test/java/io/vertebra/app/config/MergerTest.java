package io.vertebra.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergerTest {
    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static String set(String yaml, String... options) {
        return new YamlWriter(false).write(Merger.apply(Samples.tree(yaml), List.of(options)));
    }

    @Test
    void laysTheFileOverWhatItExtends() throws IOException {
        file("base.yaml", "a: {x: 1, y: [1, 2]}\nb: 1\n");
        file("other.yaml", "b: 2\nc: 2\n");
        Path top = file("sub/top.yaml", "extends: [../base.yaml, ../other.yaml]\na: {y: [3]}\nc: 3\n");
        ConfigNode.Mapping merged = Merger.load(top, List.of("b=4"));
        assertThat(new YamlWriter(false).write(merged)).isEqualTo("a:\n  x: 1\n  y: [3]\nb: 4\nc: 3\n");
        assertThat(merged.locate("a.x"))
                .isEqualTo(new Origin(folder.resolve("base.yaml").toString(), 1, 8));
        assertThat(merged.locate("a.y")).isEqualTo(new Origin(top.toString(), 2, 8));
        assertThat(merged.locate("b")).isEqualTo(Origin.of("--set b=4"));
    }

    @Test
    void replacesASectionWhoseNameChanges() {
        ConfigNode.Mapping base = Samples.tree("o: {name: sgd, momentum: 0.9}\nd: {format: folder, path: a}\n");
        ConfigNode.Mapping same = Samples.tree("o: {name: sgd, learning_rate: 1}\nd: {path: b}\n");
        ConfigNode.Mapping other = Samples.tree("o: {name: adam}\nd: {format: cifar10}\n");
        assertThat(new YamlWriter(false).write(Merger.merge(base, same)))
                .isEqualTo("o:\n  name: sgd\n  momentum: 0.9\n  learning_rate: 1\nd:\n  format: folder\n  path: b\n");
        assertThat(new YamlWriter(false).write(Merger.merge(base, other)))
                .isEqualTo("o:\n  name: adam\nd:\n  format: cifar10\n");
    }

    @Test
    void setsValuesAnywhere() {
        assertThat(set("a: {b: 1}\nl: [{c: 1}, 2]\n", "a.b=x", "l[0].c=[1, 2]", "l[1]=true", "l[2]=end", "n.e.w=1e-3"))
                .isEqualTo("a:\n  b: x\nl:\n  - {c: [1, 2]}\n  - true\n  - end\nn:\n  e:\n    w: 1e-3\n");
    }

    @Test
    void saysWhichOptionOrFileIsWrong() throws IOException {
        Map<String, String> cases = new LinkedHashMap<>();
        for (List<String> options : List.of(
                List.of("a"),
                List.of("=1"),
                List.of("a..b=1"),
                List.of("[0]=1"),
                List.of("a[0]=1"),
                List.of("s.t=1"),
                List.of("l[9]=1"),
                List.of("new[0]=1"),
                List.of("a=[1"),
                List.of("a=!!int 3"),
                List.of("a=", "b", "c..=1"))) {
            cases.put(
                    String.join(" ", options),
                    refusal(() -> set("a: {b: 1}\ns: text\nl: [1]\n", options.toArray(String[]::new))));
        }
        Path loop = file("loop.yaml", "extends: sub/back.yaml\n");
        file("sub/back.yaml", "extends: ../loop.yaml\n");
        cases.put("loop", refusal(() -> Merger.load(loop, List.of()).describe()));
        Path absent = file("absent.yaml", "task: x\nextends: nowhere.yaml\n");
        cases.put("absent", refusal(() -> Merger.load(absent, List.of()).describe()));
        Path number = file("number.yaml", "extends: 3\n");
        cases.put("number", refusal(() -> Merger.load(number, List.of()).describe()));
        Path chain = file("c0.yaml", "a: 1\n");
        for (int i = 1; i < 18; i++) {
            chain = file("c" + i + ".yaml", "extends: c" + (i - 1) + ".yaml\n");
        }
        Path deep = chain;
        cases.put("deep", refusal(() -> Merger.load(deep, List.of()).describe()));
        Goldens.assertMessages(
                "merge",
                cases.entrySet().stream()
                        .map(c -> "# " + c.getKey() + "\n" + c.getValue().replace(folder + java.io.File.separator, "")
                                + "\n")
                        .collect(Collectors.joining("\n")));
    }

    private static String refusal(java.util.function.Supplier<String> action) {
        try {
            return "accepted: " + action.get();
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }
}
