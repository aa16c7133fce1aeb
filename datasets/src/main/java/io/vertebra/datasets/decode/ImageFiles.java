package io.vertebra.datasets.decode;

import io.vertebra.datasets.DatasetException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Finding picture files and reading their bytes; never blocks on what is not a plain file. */
public final class ImageFiles {

    /** Names with one of these endings, in any case, are pictures. */
    public static final List<String> EXTENSIONS = List.of("jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff");

    /** Endings of pictures that cameras and editors write and that are not read here. */
    private static final Set<String> UNREAD =
            Set.of("heic", "heif", "avif", "jxl", "jp2", "dng", "cr2", "cr3", "nef", "arw", "psd", "svg");

    private static final long LARGEST_FILE = 1L << 30;
    private static final int DEEPEST = 64;

    private ImageFiles() {}

    /**
     * The picture files in a folder and the folders below it, sorted by name, folder by folder; hidden ones are left out, links to files
     * are followed, links to folders are not.
     *
     * @throws UncheckedIOException if a folder cannot be listed
     */
    public static List<Path> list(Path folder) {
        List<Path> files = new ArrayList<>();
        collect(folder, EXTENSIONS, files, 0);
        return files;
    }

    /** The pictures in a folder and below it that {@link #list} leaves out for their format, in its order. */
    static List<Path> unread(Path folder) {
        List<Path> files = new ArrayList<>();
        collect(folder, UNREAD, files, 0);
        return files;
    }

    /** The folders in a folder, sorted by name, without hidden ones; links to folders count. */
    public static List<Path> folders(Path folder) {
        return children(folder).stream().filter(Files::isDirectory).toList();
    }

    private static void collect(Path folder, Collection<String> endings, List<Path> files, int depth) {
        if (depth > DEEPEST) {
            throw new DatasetException(folder.toString(), "lies more than " + DEEPEST + " folders deep");
        }
        for (Path child : children(folder)) {
            if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                collect(child, endings, files, depth + 1);
            } else if (!Files.isDirectory(child) && endings.contains(ending(child))) {
                files.add(child);
            }
        }
    }

    private static List<Path> children(Path folder) {
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(child -> !child.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be listed", e);
        }
    }

    /** What stands behind the last dot of a name, in lower case. */
    static String ending(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(dot + 1).toLowerCase(Locale.ROOT) : "";
    }

    /** The bytes of a picture file; refuses what is missing, not a plain file or too large. */
    static Source read(Path file) {
        String name = file.toString();
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(name, whyNotPlain(file));
        }
        try {
            long size = Files.size(file);
            if (size > LARGEST_FILE) {
                throw new DatasetException(name, "has %d MiB, more than a picture may have".formatted(size >> 20));
            }
            return new Source(name, Files.readAllBytes(file));
        } catch (AccessDeniedException e) {
            throw new DatasetException(name, "", "may not be read (permission denied)", e);
        } catch (IOException e) {
            throw new DatasetException(name, "", "cannot be read: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
    }

    private static String whyNotPlain(Path file) {
        try {
            return Files.isDirectory(file.toRealPath()) ? "is a directory" : "is not a plain file";
        } catch (NoSuchFileException e) {
            return Files.isSymbolicLink(file) ? "is a link whose target is missing" : "does not exist";
        } catch (IOException e) {
            return (Files.isSymbolicLink(file) ? "is a link that leads to no file: " : "cannot be read: ") + reason(e);
        }
    }
}
