package io.vertebra.tasks.report;

import io.vertebra.tasks.pictures.Canvas;
import io.vertebra.tasks.pictures.Drawing;
import java.awt.Color;

/** The tiles of a gallery side by side in one picture. */
public final class Sheet {
    private static final int COLUMNS = 4;
    private static final int GAP = 8;
    private static final int TEXT = 12;
    private static final Color INK = new Color(0x22, 0x2b, 0x3a);

    private Sheet() {}

    /** Rows of up to four tiles with their captions; the gallery must not be empty. */
    public static Drawing of(Part.Gallery gallery) {
        int columns = Math.min(COLUMNS, gallery.tiles().size());
        int rows = (gallery.tiles().size() + columns - 1) / columns;
        int width = GAP;
        int height = GAP;
        for (Part.Tile tile : gallery.tiles()) {
            width = Math.max(width, tile.drawing().image().getWidth() + GAP);
            height = Math.max(height, tile.drawing().image().getHeight() + 2 * TEXT + GAP);
        }
        try (Canvas canvas = new Canvas(GAP + columns * width, GAP + rows * height, Color.WHITE)) {
            for (int i = 0; i < gallery.tiles().size(); i++) {
                Part.Tile tile = gallery.tiles().get(i);
                int x = GAP + i % columns * width;
                int y = GAP + i / columns * height;
                canvas.image(tile.drawing().image(), x, y);
                String caption = Canvas.fitted(tile.caption(), TEXT, width - GAP);
                canvas.text(caption, x, y + tile.drawing().image().getHeight() + TEXT + 2, TEXT, INK);
            }
            return Drawing.photo(canvas.image());
        }
    }
}
