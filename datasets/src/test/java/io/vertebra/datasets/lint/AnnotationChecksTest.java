package io.vertebra.datasets.lint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.datasets.Shared;
import io.vertebra.datasets.decode.Finding;
import io.vertebra.datasets.decode.ImageCheck;
import io.vertebra.datasets.decode.Messages;
import io.vertebra.datasets.formats.coco.CocoCheck;
import io.vertebra.datasets.formats.voc.VocCheck;
import io.vertebra.datasets.formats.yolo.YoloCheck;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every broken or surprising annotation file of the reference data, as its manifest has it. */
class AnnotationChecksTest {

    private static final List<String> CLASSES = List.of("cat", "dog");

    static Stream<JsonNode> badAnnotations() {
        return StreamSupport.stream(Shared.json("data/bad_inputs/manifest.json").spliterator(), false)
                .filter(row -> Set.of("coco", "voc", "yolo").contains(kind(row)));
    }

    private static String kind(JsonNode row) {
        return row.get("file").asText().split("/", 2)[0];
    }

    private static Path file(JsonNode row) {
        return Shared.file("data/bad_inputs/" + row.get("file").asText());
    }

    private static ImageCheck.Report check(JsonNode row) {
        return switch (kind(row)) {
            case "coco" -> CocoCheck.check(file(row));
            case "voc" -> VocCheck.check(file(row), CLASSES);
            default -> YoloCheck.check(file(row), CLASSES);
        };
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("badAnnotations")
    void judgesAsTheManifestDoes(JsonNode row) {
        ImageCheck.Report report = check(row);
        switch (row.get("expect").asText()) {
            case "accept" -> assertThat(report.findings()).as(row.toString()).isEmpty();
            case "reject" -> assertThat(report.hasErrors()).as(row.toString()).isTrue();
            default -> assertThat(report.findings()).as(row.toString()).isNotEmpty();
        }
        for (Finding finding : report.findings()) {
            assertThat(finding.toString())
                    .contains(file(row).getFileName().toString())
                    .hasSizeLessThan(400)
                    .hasLineCount(1);
        }
    }

    @Test
    void saysWhatIsWrongWithThemAndPrintsNothing() {
        String folder = Shared.file("data/bad_inputs") + "/";
        List<String> messages = new ArrayList<>();
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            badAnnotations()
                    .flatMap(row -> check(row).findings().stream())
                    .forEach(finding -> messages.add(finding.toString().replace(folder, "")));
        } finally {
            System.setErr(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty(); // the JDK's parser is fond of "[Fatal Error]"
        Messages.check("bad_annotations.txt", messages);
    }
}
