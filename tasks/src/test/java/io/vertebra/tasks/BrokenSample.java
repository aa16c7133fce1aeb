package io.vertebra.tasks;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;

/**
 * A data set of which one file is broken.
 *
 * @param data the others
 * @param broken its number
 */
public record BrokenSample(Dataset data, int broken) implements Dataset {

    @Override
    public int size() {
        return data.size();
    }

    @Override
    public List<String> classNames() {
        return data.classNames();
    }

    @Override
    public int label(int index) {
        return data.label(index);
    }

    @Override
    public String id(int index) {
        return data.id(index);
    }

    @Override
    public Sample load(int index) {
        if (index == broken) {
            throw new DatasetException(id(index), "is broken");
        }
        return data.load(index);
    }

    @Override
    public Optional<Size> imageSize() {
        return data.imageSize();
    }
}
