package io.vertebra.backbones.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZooFilesTest {
    private static final String GOOD = """
            - name: net
              classes: 2
              input_size: 8
              weights:
              - tag: in1k
                source: timm
                file: net-01234567.pth
                url: "https://example.org/net-01234567.pth"
                sha256: "01234567"
                classes: 0
                mean: [0, 0.5, 1]
                std: [1, 1, 1]
                evaluations:
                - {size: 8, resize: 10, interpolation: bilinear, metrics: {top1: 50}}
            """;

    /** Files in memory; a list of those that were opened. */
    static ZooFiles files(Map<String, String> contents, List<String> opened) {
        return new ZooFiles(name -> {
            opened.add(name);
            String text = contents.get(name);
            return text == null ? null : new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        });
    }

    private static List<Zoo.Entry> read(String text) {
        return files(Map.of("net.yaml", text), new ArrayList<>()).family("net");
    }

    @Test
    void readsEveryKey() {
        Zoo.Weights weights = new Zoo.Weights(
                "in1k",
                "timm",
                "net-01234567.pth",
                "https://example.org/net-01234567.pth",
                "01234567",
                null,
                0,
                List.of(0.0, 0.5, 1.0),
                List.of(1.0, 1.0, 1.0),
                List.of(new Zoo.Evaluation(8, 10, "bilinear", Map.of("top1", 50.0))));
        assertThat(read(GOOD)).containsExactly(new Zoo.Entry("net", 2, 8, List.of(weights)));
        assertThat(read(GOOD.replace("source", "license: mit\n    source"))
                        .get(0)
                        .weights()
                        .get(0)
                        .license())
                .isEqualTo("mit");
        assertThat(read(GOOD.replace("    sha256: \"01234567\"\n", ""))
                        .get(0)
                        .weights()
                        .get(0)
                        .sha256())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tag: in1k         | tag: In1k               | tag: is In1k",
                "net-01234567.pth  | ../net                  | file: is no plain name: ../net",
                "net-01234567.pth  | .part                   | file: is no plain name: .part",
                "https://          | ftp://                  | url: is no address: ftp://example.org",
                "\"01234567\"      | \"0123456\"             | sha256: is 0123456",
                "\"01234567\"      | \"0123456G\"            | sha256: is 0123456G",
                "classes: 0        | classes: -1             | classes: are -1",
                "classes: 2        | classes: 0              | classes: must be at least 1, is 0",
                "classes: 2        | classes: x              | x",
                "input_size: 8     | input_size: 0           | input_size: must be at least 1, is 0",
                "{size: 8          | {size: 0                | size: must be at least 1, is 0",
                "resize: 10        | resize: 0               | resize: must be at least 1, is 0",
                "metrics: {top1    | metrics: {top2          | metrics: are [top2]",
                "source: timm      | sauce: timm             | sauce",
                "input_size: 8     | input_size: [           | while parsing",
                "name: net         | weights: []             | duplicate key weights",
            })
    void refusesWhatADownloadCouldNotRelyOn(String good, String bad, String reason) {
        assertThat(GOOD).contains(good.strip());
        assertThatThrownBy(() -> read(GOOD.replace(good.strip(), bad.strip())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the resource zoo/net.yaml is malformed: ")
                .hasMessageContaining(reason.strip());
    }

    @Test
    void refusesSetsThatCannotBeToldApart() {
        String set = GOOD.substring(GOOD.indexOf("  - tag"));
        assertThatThrownBy(() -> read(GOOD + set)).hasMessageContaining("weights: of net have a tag twice");
        assertThatThrownBy(() ->
                        read(GOOD.substring(0, GOOD.indexOf("    - {size")).replace("evaluations:", "evaluations: []")))
                .hasMessageContaining("evaluations: of in1k are missing");
        assertThatThrownBy(() -> files(Map.of("index.yaml", "a: [x]\nb: [x]"), new ArrayList<>())
                        .index())
                .hasMessage("zoo/index.yaml: x stands there twice");
    }

    @Test
    void saysWhichFileIsMissing() {
        assertThatThrownBy(() -> files(Map.of(), new ArrayList<>()).index())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the resource zoo/index.yaml is missing");
    }
}
