package io.vertebra.tasks.joint;

import io.vertebra.datasets.Annotations;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.pictures.Canvas;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The answers of several heads for one picture; drawn one below the other. */
record JointPrediction(Map<String, Prediction> parts) implements Prediction {

    @Override
    public String summary() {
        return parts.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue().summary())
                .collect(Collectors.joining("; "));
    }

    @Override
    public Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        parts.forEach((key, part) -> values.put(key, part.values()));
        return values;
    }

    /** A row a head with its summary: the tables of different tasks have different columns. */
    @Override
    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        parts.forEach((key, part) -> rows.add(List.of(key, part.summary())));
        return rows;
    }

    @Override
    public List<String> columns() {
        return List.of("head", "answer");
    }

    @Override
    public BufferedImage draw(Raster photo, Annotations truth) {
        List<BufferedImage> pictures =
                parts.values().stream().map(p -> p.draw(photo, truth)).toList();
        int width = pictures.stream().mapToInt(BufferedImage::getWidth).max().orElse(1);
        int height = pictures.stream().mapToInt(BufferedImage::getHeight).sum();
        try (Canvas canvas = new Canvas(width, height, Color.WHITE)) {
            int y = 0;
            for (BufferedImage picture : pictures) {
                canvas.image(picture, 0, y);
                y += picture.getHeight();
            }
            return canvas.image();
        }
    }

    @Override
    public Map<String, byte[]> files() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        parts.forEach((key, part) -> part.files().forEach((suffix, content) -> files.put("." + key + suffix, content)));
        return files;
    }
}
