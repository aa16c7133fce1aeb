package io.vertebra.tasks.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.tasks.MemoryFolders;
import io.vertebra.tasks.pictures.Drawing;
import io.vertebra.tasks.report.Part;
import io.vertebra.tasks.tensorboard.Event;
import io.vertebra.tasks.tensorboard.EventFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogsTest {
    private static final List<String> COLUMNS = List.of("epoch", "step", "train/loss", "lr", "time");

    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    private static Map<String, Object> row(long step) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("epoch", 1L);
        row.put("step", step);
        row.put("train/loss", 0.5);
        row.put("lr", 0.25);
        row.put("time", 2.0);
        return row;
    }

    private static Drawing drawing() {
        return Drawing.diagram(new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB));
    }

    private List<Event> events() {
        return EventFile.read(EventFile.find(temp).orElseThrow()).stream()
                .skip(1)
                .toList();
    }

    @Test
    void tellsTheSameToAllWhileItIsOpen() throws IOException {
        try (RunLogs logs = RunLogs.open(temp, COLUMNS, -1)) {
            logs.row(row(4));
            logs.line("first");
            logs.line("second");
            assertThat(MetricsLog.read(temp))
                    .singleElement()
                    .extracting("train/loss")
                    .isEqualTo(0.5);
            assertThat(events()).allMatch(e -> e.step() == 4);
            assertThat(events().stream().map(Event::scalars))
                    .containsExactly(Map.of("train/loss", 0.5f), Map.of("lr/group0", 0.25f), Map.of("perf/time", 2f));
            assertThat(Files.readAllLines(temp.resolve("train.log")))
                    .hasSize(2)
                    .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\S+Z (first|second)"));
        }
        try (RunLogs logs = RunLogs.open(temp, COLUMNS, 4)) {
            logs.line("third");
            logs.row(row(5));
        }
        assertThat(Files.readAllLines(temp.resolve("train.log"))).hasSize(3);
        assertThat(MetricsLog.read(temp)).extracting(r -> r.get("step")).containsExactly(4, 5);
    }

    @Test
    void figuresThatWereSyncedSurviveALossOfPower() throws IOException {
        RecordingFiles files = new RecordingFiles(Files.createDirectory(temp.resolve("recorded")));
        RunLogs logs = RunLogs.open(files.folder(), COLUMNS, -1);
        logs.row(row(1));
        logs.sync();
        assertThat(stepsLeft(files, "synced")).containsExactly(1L);
        logs.row(row(2));
        logs.close();
        assertThat(stepsLeft(files, "closed")).containsExactly(1L, 2L);
    }

    /** The steps that rows and events have after the power went. */
    private List<Long> stepsLeft(RecordingFiles files, String name) throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        files.changes().forEach(disk::apply);
        Path left = temp.resolve(name);
        disk.survive(SimulatedDisk.Loss.CONTENTS, left);
        List<Long> rows = MetricsLog.read(left).stream()
                .map(r -> ((Number) r.get("step")).longValue())
                .toList();
        assertThat(EventFile.read(EventFile.find(left).orElseThrow()).stream()
                        .skip(1)
                        .map(Event::step)
                        .distinct())
                .isEqualTo(rows);
        return rows;
    }

    @Test
    void picturesAreThoseOfTheParts() {
        Drawing picture = drawing();
        Part.Tile tile = new Part.Tile(drawing(), "a tile");
        try (RunLogs logs = RunLogs.open(temp, COLUMNS, -1)) {
            logs.pictures(
                    6,
                    List.of(
                            new Part.Table("table", "A table", List.of("a"), List.of()),
                            new Part.Gallery("none", "Nothing", List.of()),
                            new Part.Picture("confusion_matrix", "A picture", picture),
                            new Part.Gallery("worst", "A gallery", List.of(tile))));
        }
        assertThat(events()).hasSize(2).allMatch(e -> e.step() == 6);
        Stream<String> tags = events().stream().flatMap(e -> e.images().keySet().stream());
        assertThat(tags).containsExactly("images/confusion_matrix", "images/val_pred");
        assertThat(events().get(0).images().get("images/confusion_matrix")).isEqualTo(picture.file());
    }
}
