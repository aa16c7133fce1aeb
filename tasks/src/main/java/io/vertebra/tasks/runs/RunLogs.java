package io.vertebra.tasks.runs;

import io.vertebra.tasks.pictures.Drawing;
import io.vertebra.tasks.report.Part;
import io.vertebra.tasks.report.Sheet;
import io.vertebra.tasks.tensorboard.EventFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** All that a training tells while it runs: rows of figures, TensorBoard events, lines of {@code train.log}. For one thread. */
public final class RunLogs implements AutoCloseable {
    private final MetricsLog metrics;
    private final EventFile events;
    private final BufferedWriter text;

    private RunLogs(MetricsLog metrics, EventFile events, BufferedWriter text) {
        this.metrics = metrics;
        this.events = events;
        this.text = text;
    }

    /**
     * Goes on with the logs of a folder, or begins them.
     *
     * @param columns of {@code metrics.csv}
     * @param lastStep the last step whose figures are kept
     */
    public static RunLogs open(Path folder, List<String> columns, long lastStep) {
        MetricsLog metrics = MetricsLog.open(folder, columns, lastStep);
        try {
            EventFile events = EventFile.open(folder, lastStep);
            BufferedWriter text = Files.newBufferedWriter(
                    folder.resolve("train.log"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return new RunLogs(metrics, events, text);
        } catch (IOException e) {
            metrics.close();
            throw new UncheckedIOException(folder + ": train.log: " + e.getMessage(), e);
        }
    }

    /** A row of figures; {@code step} must be among them. */
    public void row(Map<String, Object> row) {
        metrics.add(row);
        long step = ((Number) row.get(MetricsLog.STEP)).longValue();
        row.forEach((key, value) -> {
            if (value instanceof Double figure) {
                events.scalar(tag(key), step, figure);
            }
        });
    }

    private static String tag(String key) {
        if (key.contains("/")) {
            return key;
        }
        return key.equals("lr") ? "lr/group0" : "perf/" + key;
    }

    /** Pictures of an evaluation; a gallery as one sheet. */
    public void pictures(long step, List<Part> parts) {
        for (Part part : parts) {
            if (part instanceof Part.Picture picture) {
                picture("images/" + picture.key(), step, picture.drawing());
            } else if (part instanceof Part.Gallery gallery && !gallery.tiles().isEmpty()) {
                picture("images/val_pred", step, Sheet.of(gallery));
            }
        }
    }

    private void picture(String tag, long step, Drawing drawing) {
        events.image(tag, step, drawing.image().getHeight(), drawing.image().getWidth(), drawing.file());
    }

    /** A line of {@code train.log}, with the time before it. */
    public void line(String line) {
        try {
            text.write(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line);
            text.newLine();
            text.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("train.log: " + e.getMessage(), e);
        }
    }

    /** Returns when all figures are on the disk. */
    public void sync() {
        metrics.sync();
        events.sync();
    }

    @Override
    public void close() {
        try (metrics;
                events;
                text) {
            sync();
        } catch (IOException e) {
            throw new UncheckedIOException("train.log: " + e.getMessage(), e);
        }
    }
}
