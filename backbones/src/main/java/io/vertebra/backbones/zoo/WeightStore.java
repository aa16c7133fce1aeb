package io.vertebra.backbones.zoo;

import io.vertebra.backbones.weights.WeightsException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A folder in which published weight files lie under their names, and into which they are downloaded once.
 *
 * <p>A file that has its name is whole: it is written beside as {@code NAME.part}, compared with its published checksum,
 * synced and renamed. What a broken connection leaves is resumed, also by a later process. Immutable; any number of threads and
 * processes may use one folder, a lock file for each name makes the others wait.
 */
public final class WeightStore {
    private final Path folder;
    private final List<Path> readOnly;
    private final Zoo zoo;
    private final boolean isOffline;
    private final Consumer<DownloadProgress> progress;
    private final Limits limits;

    private WeightStore(
            Path folder,
            List<Path> readOnly,
            Zoo zoo,
            boolean isOffline,
            Consumer<DownloadProgress> progress,
            Limits limits) {
        this.folder = folder;
        this.readOnly = readOnly;
        this.zoo = zoo;
        this.isOffline = isOffline;
        this.progress = progress;
        this.limits = limits;
    }

    /** The store of a folder, which is made when something is downloaded. */
    public static WeightStore at(Path folder) {
        return new WeightStore(folder, List.of(), Zoo.builtIn(), false, p -> {}, Limits.USUAL);
    }

    /** Looks into these folders of other programs too, after its own; nothing is written there. */
    public WeightStore alsoIn(List<Path> folders) {
        return new WeightStore(folder, List.copyOf(folders), zoo, isOffline, progress, limits);
    }

    /** Whether only files that are there already are given. */
    public WeightStore offline(boolean only) {
        return new WeightStore(folder, readOnly, zoo, only, progress, limits);
    }

    /** Who is told how far a download is: at its beginning and end, and a few times a second. Called by the downloading thread. */
    public WeightStore progress(Consumer<DownloadProgress> listener) {
        return new WeightStore(folder, readOnly, zoo, isOffline, listener, limits);
    }

    /** With the sets of another zoo. */
    public WeightStore of(Zoo other) {
        return new WeightStore(folder, readOnly, other, isOffline, progress, limits);
    }

    WeightStore limits(Limits other) {
        return new WeightStore(folder, readOnly, zoo, isOffline, progress, other);
    }

    /**
     * The file of a model's weights.
     *
     * @param model name of the model, as the zoo has it
     * @param tagOrPath a tag of its published sets, {@code MODEL:TAG} of another model's, else the path of a file
     * @throws WeightsException if it is neither, or of a set that is not here while offline
     * @throws UncheckedIOException if a download fails
     */
    public Path resolve(String model, String tagOrPath) {
        Optional<Zoo.Entry> entry = zoo.entry(model);
        Optional<Zoo.Weights> published = zoo.weights(model, tagOrPath);
        if (published.isPresent()) {
            return fetch(published.get());
        }
        List<String> tags = entry.map(Zoo.Entry::tags).orElse(List.of());
        String known = tags.isEmpty()
                ? ""
                : "; name another, or a published set of " + model + ", which is downloaded: "
                        + String.join(", ", tags);
        try {
            Path file = Path.of(tagOrPath);
            if (Files.isRegularFile(file)) {
                return file;
            }
            throw new WeightsException(file, "", Files.exists(file) ? "is not a file" : "no such file" + known);
        } catch (InvalidPathException e) { // on Windows MODEL:TAG is none
            throw new WeightsException(folder, tagOrPath, "no such file" + known, e);
        }
    }

    /**
     * The file of a published set, downloaded if it is not there.
     *
     * @throws WeightsException if it is not there while offline
     * @throws UncheckedIOException if the download fails; what has arrived is kept for the next try
     */
    public Path fetch(Zoo.Weights weights) {
        Optional<Path> here = find(weights);
        if (here.isPresent()) {
            return here.get();
        }
        Path target = folder.resolve(weights.file());
        if (isOffline) {
            throw new WeightsException(
                    target, "", "is not on this machine and downloads are off; put " + weights.url() + " there");
        }
        try {
            Files.createDirectories(folder);
            DownloadLock lock = DownloadLock.take(folder.resolve("." + weights.file() + ".lock"), limits);
            try {
                if (!Files.isRegularFile(target)) { // else it came while we waited for the lock
                    new Download(weights, target, limits, progress).run();
                }
            } finally {
                lock.close();
            }
        } catch (InterruptedIOException e) {
            throw new UncheckedIOException(target + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
        }
        return target;
    }

    /** The file of a published set, if it is there. */
    public Optional<Path> find(Zoo.Weights weights) {
        return Stream.concat(Stream.of(folder), readOnly.stream())
                .map(f -> f.resolve(weights.file()))
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
