package io.vertebra.tasks.runs;

import io.vertebra.backbones.weights.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/**
 * The folder of one run, locked for this process until it is closed.
 *
 * <p>A run is complete when it has a {@code report.html}, which is written last; it can be resumed when it has a checkpoint.
 */
public final class RunFolder implements AutoCloseable {
    private static final String LOCK = "run.lock";
    private static final String REPORT = "report.html";

    private final Path path;
    private final FileChannel lock;
    private final boolean resumed;

    private RunFolder(Path path, FileChannel lock, boolean resumed) {
        this.path = path;
        this.lock = lock;
        this.resumed = resumed;
    }

    /**
     * Makes or takes over a folder for a run.
     *
     * @param resume whether an interrupted run is to be continued; where nothing was saved yet, it begins anew
     * @param owner process, host and time, for the message that another process gets
     * @throws RunFolderException if the folder is in use, complete, foreign, or interrupted and not to be resumed
     */
    public static RunFolder open(Path path, boolean resume, String owner) {
        try {
            Files.createDirectories(path);
            DurableFiles.syncDirectory(path.toAbsolutePath().getParent());
            if (!Files.exists(path.resolve(LOCK)) && !isEmpty(path)) {
                throw new RunFolderException(
                        path, RunFolderException.Kind.FOREIGN, "holds files that are no run; choose another output");
            }
            FileChannel lock = lock(path, owner);
            try {
                return taken(path, lock, resume);
            } catch (RuntimeException | Error e) {
                lock.close(); // nobody else knows it yet
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be used: " + e.getMessage(), e);
        }
    }

    private static RunFolder taken(Path path, FileChannel lock, boolean resume) {
        if (Files.exists(path.resolve(REPORT))) {
            throw new RunFolderException(
                    path, RunFolderException.Kind.COMPLETE, "holds a complete run; choose another output");
        }
        boolean saved = !Checkpoints.steps(path).isEmpty();
        if (saved && !resume) {
            throw new RunFolderException(
                    path,
                    RunFolderException.Kind.INTERRUPTED,
                    "holds an interrupted run; continue it with --resume or choose another output");
        }
        return new RunFolder(path, lock, saved);
    }

    private static boolean isEmpty(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.findAny().isEmpty();
        }
    }

    private static FileChannel lock(Path path, String owner) throws IOException {
        Path file = path.resolve(LOCK);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (!tryLock(channel)) {
            String holder = text(channel);
            channel.close();
            throw new RunFolderException(
                    path,
                    RunFolderException.Kind.IN_USE,
                    "is in use by " + (holder.isEmpty() ? "another process" : holder));
        }
        ByteBuffer text = ByteBuffer.wrap((owner + "\n").getBytes(StandardCharsets.UTF_8));
        channel.truncate(0);
        channel.write(text, 0);
        return channel;
    }

    /** Locks a byte behind all text: Windows lets nobody read what is locked. */
    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            FileLock held = channel.tryLock(Long.MAX_VALUE - 1, 1, false);
            return held != null;
        } catch (OverlappingFileLockException e) { // by this process
            return false;
        }
    }

    private static String text(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(512);
        channel.read(text, 0);
        return StandardCharsets.UTF_8.decode(text.flip()).toString().strip();
    }

    /** Where it lies. */
    public Path path() {
        return path;
    }

    /** Whether there is a checkpoint to go on from. */
    public boolean isResumed() {
        return resumed;
    }

    /** The page that makes the run complete. */
    public Path report() {
        return path.resolve(REPORT);
    }

    /** Where deployable weights lie: {@code best} or {@code last}. */
    public static Path weights(Path path, String which) {
        return path.resolve("weights").resolve(which + ".safetensors");
    }

    /** Lets other processes have it. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": " + e.getMessage(), e);
        }
    }
}
