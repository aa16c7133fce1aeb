package io.vertebra.datasets.formats.coco;

import io.vertebra.datasets.decode.ImageCheck;
import io.vertebra.datasets.lint.BoxLint;
import io.vertebra.datasets.lint.Faults;
import io.vertebra.datasets.lint.FindingList;
import java.nio.file.Path;

/** Lint of an annotation file; the pictures that it names are not looked for. */
public final class CocoCheck {

    private CocoCheck() {}

    /** Everything that is wrong with the file, each fault with the annotation's id; {@code images} counts the pictures that it lists. */
    public static ImageCheck.Report check(Path path) {
        String name = path.toString();
        FindingList list = new FindingList();
        int[] images = new int[1];
        list.guarded(name, () -> {
            Faults faults = list.in(name);
            CocoFile file = CocoFile.read(path, faults);
            images[0] = file.images().size();
            file.checkPixels(faults);
            for (int i = 0; i < images[0]; i++) {
                BoxLint.nearDuplicates(file.plainObjects(i), "annotation", faults);
            }
        });
        return new ImageCheck.Report(images[0], list.findings());
    }
}
