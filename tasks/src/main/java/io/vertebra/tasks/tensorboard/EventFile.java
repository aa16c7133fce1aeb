package io.vertebra.tasks.tensorboard;

import io.vertebra.backbones.weights.DurableFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A file of events that TensorBoard reads while it grows. Each event is handed to the system at once. For one thread. */
public final class EventFile implements AutoCloseable {
    private static final String PREFIX = "events.out.tfevents.";
    private static final double MILLIS = 1e3;

    private final FileChannel channel;

    private EventFile(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Goes on with the folder's event file, without the events after a step and without what is damaged; makes one if there is none.
     *
     * @param lastStep the last step whose events are kept
     */
    public static EventFile open(Path folder, long lastStep) {
        try {
            Optional<Path> old = find(folder);
            Path file =
                    old.orElseGet(() -> folder.resolve(PREFIX + Instant.now().getEpochSecond() + ".vertebra"));
            if (old.isPresent()) {
                truncate(file, lastStep);
            }
            boolean isNew = !Files.exists(file) || Files.size(file) == 0;
            EventFile events = new EventFile(FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
            if (isNew) {
                events.write(Event.first(now()));
            }
            return events;
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": event file: " + e.getMessage(), e);
        }
    }

    /** The event file of a folder, if it has one. */
    public static Optional<Path> find(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.getFileName().toString().startsWith(PREFIX))
                    .min(Path::compareTo);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** All events up to the first damaged one. */
    public static List<Event> read(Path file) {
        List<Event> events = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(content(file));
        for (Optional<byte[]> next = Records.next(bytes); next.isPresent(); next = Records.next(bytes)) {
            events.add(Event.read(next.get()));
        }
        return events;
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static void truncate(Path file, long lastStep) {
        ByteBuffer bytes = ByteBuffer.wrap(content(file));
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        for (Optional<byte[]> next = Records.next(bytes); next.isPresent(); next = Records.next(bytes)) {
            if (Event.read(next.get()).step() <= lastStep) {
                kept.writeBytes(Records.frame(next.get()).array());
            }
        }
        DurableFiles.write(file, kept.toByteArray());
    }

    /** Adds a figure. */
    public void scalar(String tag, long step, double value) {
        write(Event.scalar(now(), step, tag, (float) value));
    }

    /** Adds a picture. */
    public void image(String tag, long step, int height, int width, byte[] png) {
        write(Event.image(now(), step, tag, height, width, png));
    }

    private static double now() {
        return Instant.now().toEpochMilli() / MILLIS;
    }

    private void write(byte[] payload) {
        ByteBuffer record = Records.frame(payload);
        try {
            while (record.hasRemaining()) {
                channel.write(record);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("event file: " + e.getMessage(), e);
        }
    }

    /** Returns when all is on the disk. */
    public void sync() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException("event file: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("event file: " + e.getMessage(), e);
        }
    }
}
