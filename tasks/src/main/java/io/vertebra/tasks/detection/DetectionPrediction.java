package io.vertebra.tasks.detection;

import io.vertebra.datasets.Annotations;
import io.vertebra.images.Box;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Prediction;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The objects of a photo.
 *
 * @param found best first
 * @param labels the classes
 */
record DetectionPrediction(List<Found> found, Labels labels) implements Prediction {

    DetectionPrediction {
        found = List.copyOf(found);
    }

    private String name(Found f) {
        return labels.names().get(f.label());
    }

    @Override
    public String summary() {
        return found.isEmpty()
                ? "nothing"
                : found.stream()
                        .map(f -> String.format(Locale.ROOT, "%s %.2f", name(f), f.score()))
                        .collect(Collectors.joining(", "));
    }

    @Override
    public Map<String, Object> values() {
        return Map.of("objects", found.stream().map(this::values).toList());
    }

    private Map<String, Object> values(Found f) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("label", f.label());
        values.put("label_name", name(f));
        values.put("score", f.score());
        Box b = f.box();
        values.put("box", List.of(b.x1(), b.y1(), b.x2(), b.y2()));
        return values;
    }

    @Override
    public List<String> columns() {
        return List.of("label", "label_name", "score", "x1", "y1", "x2", "y2");
    }

    @Override
    public List<List<String>> rows() {
        return found.stream()
                .map(f -> List.of(
                        Integer.toString(f.label()),
                        name(f),
                        String.format(Locale.ROOT, "%.6f", f.score()),
                        pixel(f.box().x1()),
                        pixel(f.box().y1()),
                        pixel(f.box().x2()),
                        pixel(f.box().y2())))
                .toList();
    }

    private static String pixel(float place) {
        return String.format(Locale.ROOT, "%.2f", place);
    }

    /** The truth, if there is some, is of the classes of the network. */
    @Override
    public BufferedImage draw(Raster photo, Annotations truth) {
        if (truth.objects().isEmpty()) {
            return BoxPicture.of(photo, found, labels);
        }
        List<Integer> own = IntStream.range(0, labels.count()).boxed().toList();
        return BoxPicture.of(photo, Pairing.of(found, truth.objects(), own), own, labels);
    }
}
