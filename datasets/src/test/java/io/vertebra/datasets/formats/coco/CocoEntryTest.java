package io.vertebra.datasets.formats.coco;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.datasets.formats.coco.CocoEntry.Kind;
import io.vertebra.datasets.formats.coco.CocoEntry.Pixels;
import io.vertebra.datasets.lint.FindingList;
import io.vertebra.images.Mask;
import io.vertebra.images.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands in an entry does not stand in the next one, and what is wrong with it does not keep that from being read. */
class CocoEntryTest {

    private final FindingList faults = new FindingList();

    @TempDir
    private Path root;

    private CocoEntry entry;

    private void each(Kind kind, Pixels mode, String list, IntConsumer look) throws IOException {
        CocoJson.read(Files.writeString(root.resolve("x.json"), list), json -> {
            entry = new CocoEntry(json, kind, mode);
            json.list("list", index -> {
                entry.read(index);
                look.accept(index);
                entry.tell(faults.in("x"));
            });
        });
    }

    private String findings() {
        return faults.findings().stream().map(Object::toString).collect(Collectors.joining(" & "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "READ | [[1, 0, 2, 0, 2, 3, 1, 3]] | true |",
                "READ | {\"size\": [6, 10], \"counts\": [6, 3, 51]} | true |",
                "READ | [[1, 2], [3, [4]]] | true | x: results[0]: a polygon needs at least 6 numbers, has 2",
                "READ | 5 | false | x: results[0]: segmentation must be a list of polygons or run lengths",
                "READ | null | false |",
                "PLACE | 5 | false | x: results[0]: segmentation must be a list of polygons or run lengths",
                "PLACE | [[1, 2]] | true |",
                "PASSED_OVER | 5 | false |",
                "PASSED_OVER | [[1, 2]] | true |",
            })
    void segmentationsAreReadAsFarAsWanted(Pixels mode, String segmentation, boolean has, String finding)
            throws IOException {
        String list = "[{\"segmentation\": " + segmentation + "}, {\"score\": 0.5}]";
        each(Kind.RESULT, mode, list, index -> {
            assertThat(entry.has(CocoKey.PIXELS)).isEqualTo(index == 0 && has);
            assertThat(entry.has(CocoKey.SCORE)).isEqualTo(index == 1);
            if (index == 0 && has && mode == Pixels.READ && finding == null) {
                assertThat(entry.pixels().mask(new Size(6, 10))).isEqualTo(Mask.ofRuns(6, 10, 6, 3, 51));
            }
        });
        assertThat(entry.number(CocoKey.SCORE)).isEqualTo(0.5);
        assertThat(findings()).isEqualTo(finding == null ? "" : finding);
    }

    @Test
    void aNameIsNotThatOfTheEntryBefore() throws IOException {
        each(
                Kind.CATEGORY,
                Pixels.PASSED_OVER,
                "[{\"name\": \"cup\"}, {}]",
                index -> assertThat(entry.text(CocoKey.NAME)).isEqualTo(index == 0 ? "cup" : null));
    }

    @ParameterizedTest
    @CsvSource({"NaN, false", "null, false", "-1, true"})
    void aScoreIsAnyFiniteNumber(String score, boolean is) throws IOException {
        each(
                Kind.RESULT,
                Pixels.PASSED_OVER,
                "[{\"score\": " + score + "}]",
                index -> assertThat(entry.has(CocoKey.SCORE)).isEqualTo(is));
        assertThat(findings()).isEqualTo(score.equals("NaN") ? "x: results[0]: score must be a finite number" : "");
    }
}
