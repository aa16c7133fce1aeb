package io.vertebra.tasks.classification;

import io.vertebra.datasets.Annotations;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.pictures.Canvas;
import io.vertebra.tasks.pictures.Pictures;
import io.vertebra.tasks.report.Percent;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The likeliest classes of a picture.
 *
 * @param candidates the best first, at least one
 */
public record ClassPrediction(List<Candidate> candidates) implements Prediction {
    private static final int LEAST_SIDE = 320;
    private static final int LARGEST_SIDE = 1024;
    private static final int ROW = 26;
    private static final int TEXT = 15;
    private static final int MARGIN = 10;
    private static final Color INK = new Color(0x22, 0x2b, 0x3a);
    private static final Color BAR = new Color(0xc9, 0xde, 0xf5);
    private static final Color FIRST_BAR = new Color(0x9c, 0xc4, 0xee);

    /**
     * A class and how likely it is.
     *
     * @param label index of the class
     * @param name of the class
     * @param score softmax of the logits, in [0, 1]
     */
    public record Candidate(int label, String name, double score) {}

    /** Copies the list. */
    public ClassPrediction {
        candidates = List.copyOf(candidates);
    }

    @Override
    public String summary() {
        return candidates.stream()
                .map(c -> String.format(Locale.ROOT, "%s %.3f", c.name(), c.score()))
                .collect(Collectors.joining(", "));
    }

    @Override
    public Map<String, Object> values() {
        return Map.of("top", candidates.stream().map(ClassPrediction::values).toList());
    }

    private static Map<String, Object> values(Candidate candidate) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("label", candidate.label());
        values.put("label_name", candidate.name());
        values.put("score", candidate.score());
        return values;
    }

    @Override
    public List<String> columns() {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= candidates.size(); i++) {
            String suffix = i == 1 ? "" : "_" + i;
            columns.addAll(List.of("label" + suffix, "label_name" + suffix, "score" + suffix));
        }
        return columns;
    }

    @Override
    public List<List<String>> rows() {
        List<String> cells = new ArrayList<>();
        for (Candidate c : candidates) {
            cells.addAll(List.of(Integer.toString(c.label()), c.name(), String.format(Locale.ROOT, "%.6f", c.score())));
        }
        return List.of(cells);
    }

    @Override
    public BufferedImage draw(Raster photo, Annotations truth) {
        BufferedImage picture = Pictures.within(Pictures.of(photo), LEAST_SIDE, LARGEST_SIDE);
        int width = Math.max(LEAST_SIDE, picture.getWidth());
        int top = picture.getHeight() + MARGIN;
        try (Canvas canvas = new Canvas(width, top + ROW * candidates.size() + MARGIN, Color.WHITE)) {
            canvas.image(picture, (width - picture.getWidth()) / 2, 0);
            for (int i = 0; i < candidates.size(); i++) {
                row(canvas, candidates.get(i), i == 0, width, top + i * ROW);
            }
            return canvas.image();
        }
    }

    private static void row(Canvas canvas, Candidate candidate, boolean first, int width, int y) {
        int full = width - 2 * MARGIN;
        int length = (int) Math.max(2, Math.round(full * candidate.score()));
        canvas.fill(MARGIN, y + 2, length, ROW - 4, first ? FIRST_BAR : BAR);
        String percent = Percent.of(candidate.score());
        int base = y + ROW / 2 + TEXT / 3;
        String name = Canvas.fitted(candidate.name(), TEXT, full - Canvas.width(percent, TEXT) - 3 * MARGIN);
        canvas.text(name, MARGIN + 6, base, TEXT, INK);
        canvas.textEndingAt(percent, width - MARGIN - 6, base, TEXT, INK);
    }
}
