package io.vertebra.tasks.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.tasks.MemoryFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricsLogTest {
    private static final List<String> COLUMNS = List.of("epoch", "step", "train/loss", "val/top1");

    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    private static Map<String, Object> row(long step, double loss) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("epoch", 1L);
        row.put("step", step);
        row.put("train/loss", loss);
        return row;
    }

    private void write(long lastStep, long... steps) {
        try (MetricsLog log = MetricsLog.open(temp, COLUMNS, lastStep)) {
            for (long step : steps) {
                log.add(row(step, step / 8.0));
            }
        }
    }

    @Test
    void writesLinesAndATable() throws IOException {
        try (MetricsLog log = MetricsLog.open(temp, COLUMNS, -1)) {
            log.add(row(1, 0.5));
            Map<String, Object> evaluated = row(2, Double.NaN);
            evaluated.put("val/top1", 0.25);
            log.add(evaluated);
            assertThat(temp.resolve("metrics.csv")) // readable while it grows
                    .hasContent("epoch,step,train/loss,val/top1\n1,1,0.5,\n1,2,NaN,0.25\n");
        }
        assertThat(Files.readString(temp.resolve("metrics.jsonl"))).isEqualTo("""
                        {"epoch":1,"step":1,"train/loss":0.5}
                        {"epoch":1,"step":2,"train/loss":NaN,"val/top1":0.25}
                        """);
        assertThat(MetricsLog.read(temp))
                .hasSize(2)
                .last()
                .extracting("train/loss")
                .isEqualTo(Double.NaN);
    }

    @Test
    void goesOnWithoutRowsAfterTheStep() {
        write(-1, 1, 2, 3, 4);
        write(2, 3, 5);
        assertThat(MetricsLog.read(temp)).extracting(r -> r.get("step")).containsExactly(1, 2, 3, 5);
        assertThat(temp.resolve("metrics.csv"))
                .hasContent("epoch,step,train/loss,val/top1\n1,1,0.125,\n1,2,0.25,\n1,3,0.375,\n1,5,0.625,\n");
    }

    @Test
    void aRowThatWasCutOffIsLeftOut() throws IOException {
        write(-1, 1, 2);
        Files.writeString(temp.resolve("metrics.jsonl"), "{\"epoch\":1,\"st", StandardOpenOption.APPEND);
        assertThat(MetricsLog.read(temp)).hasSize(2);
        write(9, 3);
        assertThat(MetricsLog.read(temp)).extracting(r -> r.get("step")).containsExactly(1, 2, 3);
    }

    @Test
    void lossesSurviveBitForBit() {
        double odd = 0.1 + 0.2;
        try (MetricsLog log = MetricsLog.open(temp, COLUMNS, -1)) {
            log.add(row(1, odd));
        }
        write(1);
        assertThat(MetricsLog.read(temp))
                .singleElement()
                .extracting("train/loss")
                .isEqualTo(odd);
    }

    @ParameterizedTest
    @EnumSource
    void rowsThatWereSyncedSurviveALossOfPower(SimulatedDisk.Loss loss) throws IOException {
        RecordingFiles files = new RecordingFiles(Files.createDirectory(temp.resolve("recorded")));
        MetricsLog log = MetricsLog.open(files.folder(), COLUMNS, -1);
        log.add(row(1, 0.5));
        log.sync();
        assertThat(left(files, loss, "synced")).hasSize(1);
        log.add(row(2, 0.25));
        log.close();
        assertThat(left(files, loss, "closed")).hasSize(2);
    }

    private List<Map<String, Object>> left(RecordingFiles files, SimulatedDisk.Loss loss, String name)
            throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        files.changes().forEach(disk::apply);
        Path left = temp.resolve(name);
        disk.survive(loss, left);
        List<Map<String, Object>> rows = MetricsLog.read(left);
        assertThat(Files.readAllLines(left.resolve("metrics.csv"))).hasSize(1 + rows.size());
        return rows;
    }

    @Test
    void aFolderWithoutLogHasNoRows() {
        assertThat(MetricsLog.read(temp)).isEmpty();
    }
}
