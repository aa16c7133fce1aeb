package io.vertebra.tasks.detection;

import io.vertebra.datasets.Instance;
import io.vertebra.images.Box;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.pictures.Canvas;
import io.vertebra.tasks.pictures.Pictures;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Boxes over a photo with class and score in the colour of the class; against a truth, false ones dashed red, missed ones dashed white. */
final class BoxPicture {
    private static final int LARGEST_SIDE = 1024;
    private static final int LEAST_SIDE = 320;
    private static final int TEXT = 14;
    private static final int LINE = 3;
    private static final Color FALSE = new Color(0xe5, 0x1c, 0x23);
    private static final Color MISSED = Color.WHITE;

    private final Canvas canvas;
    private final double scale;

    private BoxPicture(Canvas canvas, double scale) {
        this.canvas = canvas;
        this.scale = scale;
    }

    /** Found objects of a photo of which nothing is known. */
    static BufferedImage of(Raster photo, List<Found> found, Labels labels) {
        return draw(photo, drawing -> found.forEach(f -> drawing.found(f, labels)));
    }

    /**
     * Found objects against the truth.
     *
     * @param ownLabels the class of found objects for each class of the truth
     */
    static BufferedImage of(Raster photo, Pairing pairing, List<Integer> ownLabels, Labels labels) {
        return draw(photo, drawing -> drawing.compared(pairing, ownLabels, labels));
    }

    private static BufferedImage draw(Raster photo, Consumer<BoxPicture> boxes) {
        BufferedImage picture = Pictures.within(Pictures.of(photo), LEAST_SIDE, LARGEST_SIDE);
        try (Canvas canvas = new Canvas(picture.getWidth(), picture.getHeight(), Color.WHITE)) {
            canvas.image(picture, 0, 0);
            double longer = Math.max(photo.width(), photo.height());
            boxes.accept(new BoxPicture(canvas, Math.max(picture.getWidth(), picture.getHeight()) / longer));
            return canvas.image();
        }
    }

    private void compared(Pairing pairing, List<Integer> ownLabels, Labels labels) {
        for (Instance missed : pairing.missed()) {
            String name = labels.names().get(ownLabels.get(missed.label()));
            box(missed.box(), "missed " + name, MISSED, true);
        }
        for (Pairing.Hit hit : pairing.hits()) {
            if (hit.sameClass()) {
                found(hit.found(), labels);
            } else {
                box(hit.found().box(), text(hit.found(), labels), FALSE, true);
            }
        }
        pairing.extra().forEach(f -> box(f.box(), text(f, labels), FALSE, true));
    }

    private void found(Found f, Labels labels) {
        box(f.box(), text(f, labels), colour(f.label(), labels), false);
    }

    /** The first colour of many palettes is black, the background's; objects begin behind it. */
    private static Color colour(int label, Labels labels) {
        return new Color(labels.palette().colour(label + 1));
    }

    private static String text(Found f, Labels labels) {
        return String.format(Locale.ROOT, "%s %.2f", labels.names().get(f.label()), f.score());
    }

    private void box(Box box, String text, Color colour, boolean dashed) {
        int x = (int) Math.round(box.x1() * scale);
        int y = (int) Math.round(box.y1() * scale);
        int width = Math.max(1, (int) Math.round((box.x2() - box.x1()) * scale));
        int height = Math.max(1, (int) Math.round((box.y2() - box.y1()) * scale));
        canvas.outline(x, y, width, height, LINE, colour, dashed);
        int above = Math.max(0, y - TEXT - 4);
        canvas.fill(x, above, Canvas.width(text, TEXT) + 8, TEXT + 4, colour);
        canvas.text(text, x + 4, above + TEXT, TEXT, ink(colour));
    }

    /** Black on light colours, white on dark ones. */
    private static Color ink(Color ground) {
        double light = 0.299 * ground.getRed() + 0.587 * ground.getGreen() + 0.114 * ground.getBlue();
        return light > 140 ? Color.BLACK : Color.WHITE;
    }
}
