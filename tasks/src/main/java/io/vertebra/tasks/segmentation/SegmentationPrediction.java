package io.vertebra.tasks.segmentation;

import io.vertebra.datasets.Annotations;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.pictures.Pictures;
import io.vertebra.tasks.report.Percent;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The class of each pixel of a photo.
 *
 * @param map of the photo's size
 * @param labels the classes
 */
record SegmentationPrediction(LabelMap map, Labels labels) implements Prediction {
    private static final int NAMED = 5;

    /** A class and how many pixels it has. */
    private record Share(int label, long pixels) {}

    private List<Share> shares() {
        long[] counts = new long[256];
        for (byte value : map.data()) {
            counts[value & 0xFF]++;
        }
        List<Share> shares = new ArrayList<>();
        for (int k = 0; k < labels.count(); k++) {
            if (counts[k] > 0) {
                shares.add(new Share(k, counts[k]));
            }
        }
        shares.sort((a, b) -> Long.compare(b.pixels(), a.pixels()));
        return shares;
    }

    private double part(Share share) {
        return (double) share.pixels() / map.data().length;
    }

    @Override
    public String summary() {
        return shares().stream()
                .limit(NAMED)
                .map(s -> labels.names().get(s.label()) + " " + Percent.of(part(s)))
                .collect(Collectors.joining(", "));
    }

    @Override
    public Map<String, Object> values() {
        return Map.of("classes", shares().stream().map(this::values).toList());
    }

    private Map<String, Object> values(Share share) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("label", share.label());
        values.put("label_name", labels.names().get(share.label()));
        values.put("pixels", share.pixels());
        values.put("share", part(share));
        return values;
    }

    @Override
    public List<String> columns() {
        return List.of("label", "label_name", "pixels", "share");
    }

    @Override
    public List<List<String>> rows() {
        return shares().stream()
                .map(s -> List.of(
                        Integer.toString(s.label()),
                        labels.names().get(s.label()),
                        Long.toString(s.pixels()),
                        String.format(Locale.ROOT, "%.6f", part(s))))
                .toList();
    }

    @Override
    public BufferedImage draw(Raster photo, Annotations truth) {
        return truth.labelMap()
                .map(t -> beside(photo, t))
                .orElseGet(() -> LabelPicture.of(photo, List.of(map), labels));
    }

    /** The answer and the truth side by side. */
    BufferedImage beside(Raster photo, LabelMap truth) {
        return LabelPicture.of(photo, List.of(map, truth), labels);
    }

    /** The map itself: a palette PNG whose indices are the classes. */
    @Override
    public Map<String, byte[]> files() {
        return Map.of(".labels.png", Pictures.indexed(map, labels.palette().colours()));
    }
}
