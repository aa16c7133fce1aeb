package io.vertebra.tasks.segmentation;

import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.pictures.Canvas;
import io.vertebra.tasks.pictures.Pictures;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;

/** Label maps blended over a photo, side by side, with a legend of the classes that occur. */
final class LabelPicture {
    private static final int LARGEST_SIDE = 1024;
    private static final int LEAST_SIDE = 240;
    private static final int ROW = 22;
    private static final int TEXT = 14;
    private static final int CELL = 160;
    private static final int GAP = 8;
    private static final double BLEND = 0.6;
    private static final Color INK = new Color(0x22, 0x2b, 0x3a);

    private LabelPicture() {}

    /** The maps have the size of the photo. */
    static BufferedImage of(Raster photo, List<LabelMap> maps, Labels labels) {
        List<BufferedImage> pictures = maps.stream()
                .map(map -> Pictures.within(blended(photo, map, labels), LEAST_SIDE, LARGEST_SIDE))
                .toList();
        List<Integer> present = present(maps, labels.count());
        int width = pictures.stream().mapToInt(p -> p.getWidth() + GAP).sum() - GAP;
        int columns = Math.max(1, width / CELL);
        int rows = (present.size() + columns - 1) / columns;
        int top = pictures.get(0).getHeight() + GAP;
        try (Canvas canvas = new Canvas(width, top + rows * ROW + GAP, Color.WHITE)) {
            int x = 0;
            for (BufferedImage picture : pictures) {
                canvas.image(picture, x, 0);
                x += picture.getWidth() + GAP;
            }
            for (int i = 0; i < present.size(); i++) {
                legend(canvas, present.get(i), labels, i % columns * CELL, top + i / columns * ROW);
            }
            return canvas.image();
        }
    }

    private static void legend(Canvas canvas, int label, Labels labels, int x, int y) {
        canvas.fill(x + 2, y + 3, ROW - 6, ROW - 6, new Color(labels.palette().colour(label)));
        canvas.frame(x + 2, y + 3, ROW - 6, ROW - 6, INK);
        String name = Canvas.fitted(labels.names().get(label), TEXT, CELL - ROW - 6);
        canvas.text(name, x + ROW + 2, y + ROW / 2 + TEXT / 3, TEXT, INK);
    }

    private static List<Integer> present(List<LabelMap> maps, int classes) {
        boolean[] seen = new boolean[256];
        for (LabelMap map : maps) {
            for (byte value : map.data()) {
                seen[value & 0xFF] = true;
            }
        }
        return IntStream.range(0, classes).filter(k -> seen[k]).boxed().toList();
    }

    /** Ignored pixels keep the photo. */
    private static BufferedImage blended(Raster photo, LabelMap map, Labels labels) {
        BufferedImage image = Pictures.of(photo);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int label = map.at(y, x);
                if (label < labels.count()) {
                    image.setRGB(
                            x, y, mixed(image.getRGB(x, y), labels.palette().colour(label)));
                }
            }
        }
        return image;
    }

    private static int mixed(int photo, int colour) {
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            double value = (1 - BLEND) * (photo >> shift & 0xFF) + BLEND * (colour >> shift & 0xFF);
            mixed |= (int) Math.round(value) << shift;
        }
        return mixed;
    }
}
