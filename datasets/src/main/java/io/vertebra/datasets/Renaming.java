package io.vertebra.datasets;

import io.vertebra.images.LabelMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Other numbers for the classes of a data set, some of which may be gone: of pictures, of objects and of pixels.
 *
 * @param classNames the new list
 * @param labels the new number of each old class, -1 for one that is gone
 * @param pixelClassNames the new names of a label map's values
 * @param values the new value of each old value of a label map
 */
record Renaming(List<String> classNames, List<Integer> labels, List<String> pixelClassNames, List<Integer> values) {

    static Renaming of(Dataset data, List<String> classes) {
        List<String> old = data.classNames();
        List<String> pixels = data.pixelClassNames();
        int first = Math.max(0, pixels.size() - old.size()); // values before those of the classes, such as background
        List<String> names = new ArrayList<>();
        if (!pixels.isEmpty()) {
            names.addAll(pixels.subList(0, first));
            names.addAll(classes);
        }
        List<Integer> values = new ArrayList<>();
        for (int value = 0; value < pixels.size(); value++) {
            int place = value < first ? value : names.indexOf(pixels.get(value));
            values.add(place < 0 ? LabelMap.IGNORE : place);
        }
        return new Renaming(
                List.copyOf(classes),
                old.stream().map(classes::indexOf).toList(),
                List.copyOf(names),
                List.copyOf(values));
    }

    /** The new number of a class; -1 if it is gone. */
    int label(int old) {
        return labels.get(old);
    }

    Annotations annotations(Annotations old) {
        List<Instance> objects = old.objects().stream()
                .filter(object -> label(object.label()) >= 0)
                .map(object -> object.withLabel(label(object.label())))
                .toList();
        Optional<LabelMap> map = old.labelMap().map(this::map);
        return new Annotations(objects, map);
    }

    private LabelMap map(LabelMap old) {
        byte[] data = new byte[old.data().length];
        for (int i = 0; i < data.length; i++) {
            int value = old.data()[i] & 0xFF;
            data[i] = (byte) (value < values.size() ? values.get(value) : LabelMap.IGNORE);
        }
        return LabelMap.of(old.height(), old.width(), data);
    }

    /** The colours of the classes under their new numbers. */
    Palette palette(Dataset data) {
        List<String> old = data.pixelClassNames().isEmpty() ? data.classNames() : data.pixelClassNames();
        List<String> names = pixelClassNames.isEmpty() ? classNames : pixelClassNames;
        return new Palette(names.stream()
                .map(name -> data.palette().colour(old.indexOf(name)))
                .toList());
    }
}
