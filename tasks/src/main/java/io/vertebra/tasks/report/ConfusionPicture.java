package io.vertebra.tasks.report;

import io.vertebra.tasks.pictures.Canvas;
import io.vertebra.tasks.pictures.Drawing;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;

/** The confusion matrix as a picture: rows are the truth, columns what it was taken for, darkness the share of the row. */
public final class ConfusionPicture {
    private static final int SIDE = 560;
    private static final int TEXT = 13;
    private static final int LONGEST_NAME = 150;
    /** More classes than this are drawn without names, more than {@link #MOST_NUMBERED} without numbers. */
    private static final int MOST_NAMED = 32;

    private static final int MOST_NUMBERED = 14;
    private static final Color INK = new Color(0x22, 0x2b, 0x3a);
    private static final Color LINES = new Color(0xe3, 0xe7, 0xee);
    private static final int[] DARKEST = {0x1f, 0x5f, 0xa8};

    private ConfusionPicture() {}

    /** Of counts (truth, prediction). */
    public static Part.Picture of(long[][] confusion, List<String> classNames) {
        return new Part.Picture("confusion_matrix", "Confusion matrix", Drawing.diagram(draw(confusion, classNames)));
    }

    private static BufferedImage draw(long[][] confusion, List<String> classNames) {
        int classes = confusion.length;
        boolean named = classes <= MOST_NAMED;
        int cell = Math.max(1, Math.min(64, SIDE / classes));
        int left = 24 + (named ? LONGEST_NAME : 0);
        int top = 48;
        int side = cell * classes;
        try (Canvas canvas = new Canvas(left + side + 24, top + side + 24, Color.WHITE)) {
            canvas.text("rows: truth, columns: prediction", left, 18, TEXT, INK);
            for (int row = 0; row < classes; row++) {
                if (named) {
                    int middle = top + row * cell + cell / 2 + TEXT / 3;
                    String name = Canvas.fitted(classNames.get(row), TEXT, LONGEST_NAME - 8);
                    canvas.textEndingAt(name, left - 8, middle, TEXT, INK);
                    String head = Canvas.fitted(classNames.get(row), TEXT - 3, cell - 2);
                    canvas.textAround(head, left + row * cell + cell / 2, top - 8, TEXT - 3, INK);
                }
                for (int column = 0; column < classes; column++) {
                    cell(canvas, confusion, row, column, left + column * cell, top + row * cell, cell);
                }
            }
            canvas.frame(left, top, side, side, LINES);
            return canvas.image();
        }
    }

    private static void cell(Canvas canvas, long[][] confusion, int row, int column, int x, int y, int cell) {
        long count = confusion[row][column];
        double share =
                count == 0 ? 0 : (double) count / Arrays.stream(confusion[row]).sum();
        canvas.fill(x, y, cell, cell, shade(share));
        if (confusion.length <= MOST_NUMBERED) {
            canvas.frame(x, y, cell, cell, LINES);
            if (count > 0) {
                Color ink = share > 0.5 ? Color.WHITE : INK;
                canvas.textAround(Long.toString(count), x + cell / 2, y + cell / 2 + TEXT / 3, TEXT, ink);
            }
        }
    }

    /** White for nothing to dark blue for the whole row; the root makes rare confusions visible. */
    private static Color shade(double share) {
        double depth = Math.sqrt(share);
        int[] rgb = new int[3];
        for (int i = 0; i < 3; i++) {
            rgb[i] = (int) Math.round(255 + (DARKEST[i] - 255) * depth);
        }
        return new Color(rgb[0], rgb[1], rgb[2]);
    }
}
