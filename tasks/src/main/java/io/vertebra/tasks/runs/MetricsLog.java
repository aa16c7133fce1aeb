package io.vertebra.tasks.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import io.vertebra.backbones.weights.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of a training as rows by step, in {@code metrics.jsonl} and {@code metrics.csv}; NaN is written as it is. For one
 * thread.
 *
 * <p>Going on drops the rows after a step, so that no step stands twice.
 */
public final class MetricsLog implements AutoCloseable {
    /** The step of a row. */
    public static final String STEP = "step";

    private static final String LINES = "metrics.jsonl";
    private static final String TABLE = "metrics.csv";

    private final List<String> columns;
    private final FileChannel lines;
    private final FileChannel table;

    private MetricsLog(List<String> columns, FileChannel lines, FileChannel table) {
        this.columns = columns;
        this.lines = lines;
        this.table = table;
    }

    /**
     * Goes on with the logs of a folder, or begins them.
     *
     * @param columns of the table; a row may lack some
     * @param lastStep the last step whose row is kept
     */
    public static MetricsLog open(Path folder, List<String> columns, long lastStep) {
        List<Map<String, Object>> kept = read(folder).stream()
                .filter(row -> ((Number) row.get(STEP)).longValue() <= lastStep)
                .toList();
        StringBuilder text = new StringBuilder();
        StringBuilder cells = new StringBuilder(String.join(",", columns)).append('\n');
        for (Map<String, Object> row : kept) {
            text.append(Json.line(row)).append('\n');
            cells.append(cells(columns, row));
        }
        DurableFiles.write(folder.resolve(LINES), text.toString().getBytes(StandardCharsets.UTF_8));
        DurableFiles.write(folder.resolve(TABLE), cells.toString().getBytes(StandardCharsets.UTF_8));
        try {
            FileChannel lines = append(folder.resolve(LINES));
            return new MetricsLog(List.copyOf(columns), lines, append(folder.resolve(TABLE)));
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": metric logs: " + e.getMessage(), e);
        }
    }

    private static FileChannel append(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    /** The whole rows of a folder's log; a last line that was cut off is left out. */
    public static List<Map<String, Object>> read(Path folder) {
        Path file = folder.resolve(LINES);
        List<Map<String, Object>> rows = new ArrayList<>();
        if (!Files.exists(file)) {
            return rows;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                Optional<Map<String, Object>> row = parse(line);
                if (row.isEmpty()) {
                    break;
                }
                rows.add(row.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
        return rows;
    }

    private static Optional<Map<String, Object>> parse(String line) {
        try {
            Map<String, Object> row =
                    Json.MAPPER.readValue(line, new TypeReference<LinkedHashMap<String, Object>>() {});
            return row.get(STEP) instanceof Number ? Optional.of(row) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty(); // cut off by a crash
        }
    }

    /** Adds a row, which has a step. */
    public void add(Map<String, Object> row) {
        write(lines, Json.line(row) + "\n");
        write(table, cells(columns, row));
    }

    private static String cells(List<String> columns, Map<String, Object> row) {
        StringBuilder text = new StringBuilder();
        for (String column : columns) {
            text.append(text.length() == 0 ? "" : ",").append(row.getOrDefault(column, ""));
        }
        return text.append('\n').toString();
    }

    private static void write(FileChannel channel, String text) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("metric logs: " + e.getMessage(), e);
        }
    }

    /** Returns when all is on the disk. */
    public void sync() {
        try {
            lines.force(false);
            table.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException("metric logs: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try (lines;
                table) {
            sync();
        } catch (IOException e) {
            throw new UncheckedIOException("metric logs: " + e.getMessage(), e);
        }
    }
}
