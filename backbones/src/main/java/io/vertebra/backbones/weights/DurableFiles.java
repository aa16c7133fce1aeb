package io.vertebra.backbones.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writing that survives a crash: after it a file is the old one or the new one, whole, and the new one once the call has returned.
 *
 * <p>The order is: a temporary file {@code .tmp-<id>} beside the target, fsync, atomic rename, fsync of the folder.
 */
public final class DurableFiles {

    /** Begins the name of what is not finished; a reader of the folder passes over it. */
    public static final String UNFINISHED = ".tmp-";

    private DurableFiles() {}

    /** Fills a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes all of the content to the channel, which stands at 0. */
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes or replaces a file.
     *
     * @throws UncheckedIOException if that fails; the old file is then untouched and nothing unfinished is left
     */
    public static void write(Path target, Content content) {
        Path file = target.toAbsolutePath();
        Path unfinished = unfinished(file);
        try {
            try (FileChannel channel =
                    FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncDirectory(file.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
        } finally {
            deleteQuietly(unfinished);
        }
    }

    /** As {@link #write(Path, Content)} for bytes at hand. */
    public static void write(Path target, byte[] content) {
        write(target, channel -> {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        });
    }

    /** A path beside the target, of a name not in use, for what is to be renamed to it. */
    public static Path unfinished(Path target) {
        return target.resolveSibling(UNFINISHED + UUID.randomUUID());
    }

    /** Gives a finished, synced folder its name: fsync of the folder, atomic rename, fsync of the folder that holds it. The target must not exist. */
    public static void publish(Path folder, Path target) {
        try {
            syncDirectory(folder);
            if (Files.exists(target)) {
                throw new UncheckedIOException(new FileAlreadyExistsException(target.toString()));
            }
            Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
            syncDirectory(target.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** Makes the names in a folder durable. Windows has no such thing: there it does nothing. */
    public static void syncDirectory(Path folder) throws IOException {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // the fault that made it superfluous is the one to report
        }
    }
}
