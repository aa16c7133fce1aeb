package io.vertebra.app.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Names of the classes of the data sets that published models were trained on, told by the task and their number. */
final class PublishedNames {
    private PublishedNames() {}

    /** The names in label order; {@code class 0}, {@code class 1}, ... where no data set is known. */
    static List<String> of(String task, int count) {
        if (task.equals("segmentation") && count == 21) {
            return read("voc");
        }
        if (task.equals("detection") && count == 90) {
            return read("coco"); // the ids 1 to 90, with gaps
        }
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(i -> "class " + i)
                .toList();
    }

    private static List<String> read(String name) {
        try (InputStream in = PublishedNames.class.getResourceAsStream("/io/vertebra/app/names/" + name + ".txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
