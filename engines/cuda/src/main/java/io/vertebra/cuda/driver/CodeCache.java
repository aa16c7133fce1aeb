package io.vertebra.cuda.driver;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.vertebra.graph.engine.UserFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Compiled kernels, and compiled engines of cuDNN, in a folder, a file each, under what they were made of. Code that a card runs
 * is taken only from files that belong to this user in a folder of this user that nobody else may write, and that are whole;
 * everything else is as if it were not there. A file is written aside, synced and renamed, so that any number of threads and
 * processes may use one folder. Where the folder cannot be used nothing is kept, and nobody is told: what it saves is time.
 */
final class CodeCache {
    private static final String ENDING = ".kernels";
    private static final String UNFINISHED = ".part";
    private static final byte[] MAGIC = {'V', 'K', 'R', 'N', 0, 0, 0, 1};
    private static final int KEY = 32;
    private static final int HEADER = MAGIC.length + 2 * KEY;
    /** Of all files; those of one card and version have about 10 MB. */
    private static final long MOST_BYTES = 256L << 20;

    private static final long LARGEST_FILE = 32L << 20;
    private static final int OTHERS_WRITE = 022;
    /** What a process that died has left. */
    private static final long ABANDONED_HOURS = 1;

    private final Path folder;
    private final long mostBytes;

    /** Keeps at most so many bytes. */
    CodeCache(Path folder, long mostBytes) {
        this.folder = folder;
        this.mostBytes = mostBytes;
    }

    /**
     * That of the user, in {@code cuda} of our cache's folder.
     *
     * @param wanted {@code false} for none
     */
    static Optional<CodeCache> ofUser(Map<String, String> environment, String wanted) {
        return "false".equals(wanted)
                ? Optional.empty()
                : UserFolders.cache(environment).map(c -> new CodeCache(c.resolve("cuda"), MOST_BYTES));
    }

    /** What was kept under a key. */
    Optional<byte[]> find(byte[] key) {
        Path file = file(key);
        try {
            if (!isOurs(folder, true) || !isOurs(file, false) || Files.size(file) > LARGEST_FILE) {
                return Optional.empty();
            }
            Optional<byte[]> code = whole(Files.readAllBytes(file), key);
            if (code.isPresent()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now())); // the oldest are dropped first
            }
            return code;
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    private Path file(byte[] key) {
        return folder.resolve(HexFormat.of().formatHex(key) + ENDING);
    }

    /** Magic, key, checksum of the code, code. */
    private static Optional<byte[]> whole(byte[] bytes, byte[] key) {
        if (bytes.length <= HEADER) {
            return Optional.empty();
        }
        byte[] code = Arrays.copyOfRange(bytes, HEADER, bytes.length);
        return Arrays.equals(Arrays.copyOf(bytes, HEADER), header(key, code)) ? Optional.of(code) : Optional.empty();
    }

    private static byte[] header(byte[] key, byte[] code) {
        byte[] sum = Translation.sha256().digest(code);
        return ByteBuffer.allocate(HEADER).put(MAGIC).put(key).put(sum).array();
    }

    /** Keeps code under a key, if it can. */
    void keep(byte[] key, byte[] code) {
        try {
            if (!Files.exists(folder, NOFOLLOW_LINKS)) {
                make(folder);
            }
            if (isOurs(folder, true) && code.length <= LARGEST_FILE - HEADER) {
                write(file(key), header(key, code), code);
                trim(file(key));
            }
        } catch (IOException | UncheckedIOException | UnsupportedOperationException e) {
            return; // it is compiled again the next time
        }
    }

    private static void make(Path folder) throws IOException {
        if (folder.getParent() != null) {
            Files.createDirectories(folder.getParent());
        }
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private void write(Path file, byte[] header, byte[] code) throws IOException {
        Path part = Files.createTempFile(folder, "", UNFINISHED); // only the user may read and write it
        try {
            try (FileChannel out = FileChannel.open(part, StandardOpenOption.WRITE)) {
                ByteBuffer[] pieces = {ByteBuffer.wrap(header), ByteBuffer.wrap(code)};
                while (pieces[1].hasRemaining()) {
                    out.write(pieces);
                }
                out.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /** Drops what is too much, and what was never finished. */
    private void trim(Path newest) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.list(folder)) {
            files = found.filter(f -> !f.equals(newest)).toList();
        }
        Instant abandoned = Instant.now().minus(ABANDONED_HOURS, ChronoUnit.HOURS);
        long bytes = Files.size(newest);
        for (Kept kept : files.stream()
                .map(Kept::of)
                .flatMap(Optional::stream)
                .sorted(Kept.YOUNGEST)
                .toList()) {
            boolean isCode = kept.file.toString().endsWith(ENDING);
            boolean isPart = kept.file.toString().endsWith(UNFINISHED);
            bytes += isCode ? kept.bytes : 0;
            if ((isCode && bytes > mostBytes) || (isPart && kept.changed.isBefore(abandoned))) {
                Files.deleteIfExists(kept.file);
            }
        }
    }

    /** A file of the folder. */
    private record Kept(Path file, long bytes, Instant changed) {
        static final Comparator<Kept> YOUNGEST =
                Comparator.comparing(Kept::changed).reversed().thenComparing(Kept::file);

        /** Nothing where another process has dropped it. */
        static Optional<Kept> of(Path file) {
            try {
                BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
                boolean isFile = found.isRegularFile();
                return isFile
                        ? Optional.of(new Kept(
                                file, found.size(), found.lastModifiedTime().toInstant()))
                        : Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            }
        }
    }

    /** Whether it is a folder, or a file, no link, of the user who runs this, and nobody else may write it. */
    private static boolean isOurs(Path path, boolean isFolder) throws IOException {
        if (!(isFolder ? Files.isDirectory(path, NOFOLLOW_LINKS) : Files.isRegularFile(path, NOFOLLOW_LINKS))) {
            return false;
        }
        Map<String, Object> of = Files.readAttributes(path, "unix:uid,mode", NOFOLLOW_LINKS);
        Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        return of.get("uid").equals(user) && ((int) of.get("mode") & OTHERS_WRITE) == 0;
    }
}
