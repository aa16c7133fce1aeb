package io.vertebra.app.command;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Box;
import io.vertebra.images.LabelMap;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.pictures.Canvas;
import io.vertebra.tasks.pictures.Pictures;
import java.awt.Color;
import java.awt.image.BufferedImage;

/** A sample with what is known of it: pixels in the colours of their classes, ignored ones crossed out; boxes, dashed where they do not count. */
final class TruthPicture {
    private static final int LEAST_SIDE = 320;
    private static final int LARGEST_SIDE = 1024;
    private static final int TEXT = 12;
    private static final int LINE = 2;
    private static final int STRIPE = 8;
    private static final Color INK = Color.BLACK;

    private TruthPicture() {}

    /**
     * The picture alone where nothing is known of its parts, else enlarged so that names can be read.
     *
     * @param objects the classes of boxes
     * @param pixels the classes of the label map
     */
    static BufferedImage of(Sample sample, Labels objects, Labels pixels) {
        Annotations truth = sample.annotations();
        BufferedImage picture = Pictures.of(sample.image());
        truth.labelMap().ifPresent(map -> blend(picture, map, pixels));
        if (truth.objects().isEmpty() && truth.labelMap().isEmpty()) {
            return picture;
        }
        int longer = Math.max(picture.getWidth(), picture.getHeight());
        BufferedImage large = Pictures.fit(picture, Math.max(LEAST_SIDE, Math.min(LARGEST_SIDE, longer)));
        double scale = (double) large.getWidth() / picture.getWidth();
        try (Canvas canvas = new Canvas(large.getWidth(), large.getHeight(), Color.WHITE)) {
            canvas.image(large, 0, 0);
            truth.objects().forEach(object -> box(canvas, object, objects, scale));
            return canvas.image();
        }
    }

    private static void blend(BufferedImage picture, LabelMap map, Labels labels) {
        for (int y = 0; y < map.height(); y++) {
            for (int x = 0; x < map.width(); x++) {
                int label = map.at(y, x);
                if (label < labels.count()) {
                    picture.setRGB(
                            x, y, half(picture.getRGB(x, y), labels.palette().colour(label)));
                } else if ((x + y) % STRIPE == 0) {
                    picture.setRGB(x, y, 0xFFFFFF);
                }
            }
        }
    }

    /** The mean of two colours. */
    private static int half(int a, int b) {
        return ((a & 0xFEFEFE) >> 1) + ((b & 0xFEFEFE) >> 1);
    }

    private static void box(Canvas canvas, Instance object, Labels labels, double scale) {
        Box box = object.box();
        int x = (int) Math.round(box.x1() * scale);
        int y = (int) Math.round(box.y1() * scale);
        int width = (int) Math.round((box.x2() - box.x1()) * scale);
        int height = (int) Math.round((box.y2() - box.y1()) * scale);
        boolean isLeftOut = object.crowd() || object.difficult();
        String name = labels.names().get(object.label());
        Color colour = new Color(labels.palette().colour(object.label() + 1)); // the first is often black
        canvas.outline(x, y, width, height, LINE, colour, isLeftOut);
        canvas.fill(x, y, Canvas.width(name, TEXT) + 4, TEXT + 2, Color.WHITE);
        canvas.text(name, x + 2, y + TEXT - 1, TEXT, INK);
    }
}
