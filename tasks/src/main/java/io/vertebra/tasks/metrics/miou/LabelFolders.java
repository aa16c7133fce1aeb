package io.vertebra.tasks.metrics.miou;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.decode.ImageFiles;
import io.vertebra.datasets.decode.LabelDecoder;
import io.vertebra.images.LabelMap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A folder of labels and one of predictions, PNG files of the same names. */
public final class LabelFolders {

    private final Path predictions;
    private final Path labels;
    private final List<Path> names;

    /**
     * Finds the labels; predictions are looked for when they are read.
     *
     * @throws DatasetException if there are no labels
     */
    public LabelFolders(Path predictions, Path labels) {
        for (Path folder : List.of(predictions, labels)) {
            if (!Files.isDirectory(folder)) {
                throw new DatasetException(
                        folder.toString(), Files.exists(folder) ? "is not a folder" : "does not exist");
            }
        }
        this.predictions = predictions;
        this.labels = labels;
        this.names = ImageFiles.list(labels).stream().map(labels::relativize).toList();
        if (names.isEmpty()) {
            throw new DatasetException(labels.toString(), "holds no label map");
        }
    }

    /** How many labels there are. */
    public int size() {
        return names.size();
    }

    /** How many files in the folder of predictions are of no label; they do not count. */
    public int strays() {
        Set<Path> known = Set.copyOf(names);
        return (int) ImageFiles.list(predictions).stream()
                .filter(file -> !known.contains(predictions.relativize(file)))
                .count();
    }

    /**
     * Counts all pairs.
     *
     * @throws DatasetException if a prediction is missing or of another size, or a file is no label map
     */
    public void addTo(IouMeter meter) {
        LabelDecoder decoder = new LabelDecoder();
        for (Path name : names) {
            Path file = predictions.resolve(name);
            LabelMap label = decoder.read(labels.resolve(name));
            LabelMap prediction = decoder.read(file);
            if (prediction.height() != label.height() || prediction.width() != label.width()) {
                throw new DatasetException(
                        file.toString(),
                        "has %dx%d pixels, its label %s %dx%d"
                                .formatted(
                                        prediction.width(),
                                        prediction.height(),
                                        labels.resolve(name),
                                        label.width(),
                                        label.height()));
            }
            meter.add(prediction, label);
        }
    }
}
