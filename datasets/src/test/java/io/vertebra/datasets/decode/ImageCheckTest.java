package io.vertebra.datasets.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.datasets.Shared;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImageCheckTest {

    static Stream<JsonNode> badImages() {
        return StreamSupport.stream(Shared.json("data/bad_inputs/manifest.json").spliterator(), false)
                .filter(row -> row.get("file").asText().startsWith("images/"));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("badImages")
    void judgesBrokenAndSurprisingFiles(JsonNode row) {
        Path file = Shared.file("data/bad_inputs/" + row.get("file").asText());
        ImageCheck.Report report = ImageCheck.image(file);
        System.out.println(row.get("expect").asText() + " " + report);
        switch (row.get("expect").asText()) {
            case "accept" ->
                assertThat(report.hasErrors()).as(report.toString()).isFalse();
            case "reject" -> assertThat(report.hasErrors()).as(row.toString()).isTrue();
            default -> assertThat(report.findings()).as(row.toString()).isNotEmpty();
        }
        for (Finding finding : report.findings()) {
            assertThat(finding.toString())
                    .contains(file.getFileName().toString())
                    .hasSizeLessThan(400)
                    .hasLineCount(1);
        }
    }
}
