package io.vertebra.tasks.pictures;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;

/**
 * An image that is drawn on: filled boxes, lines and one-line texts.
 *
 * <p>A Java without fonts (some headless installations) draws everything but the texts.
 */
public final class Canvas implements AutoCloseable {
    private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

    private final BufferedImage image;
    private final Graphics2D graphics;

    /** A canvas of one colour. */
    public Canvas(int width, int height, Color background) {
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        fill(0, 0, width, height, background);
    }

    /** Whether this Java can draw texts. */
    public static boolean hasFonts() {
        return Fonts.PRESENT;
    }

    /** Found out once, because the answer takes tens of milliseconds. */
    private static final class Fonts {
        private static final boolean PRESENT = present();

        private static boolean present() {
            try {
                return font(12, false).getStringBounds("x", CONTEXT).getWidth() > 0;
            } catch (RuntimeException | Error e) { // InternalError, NullPointerException: differs between versions
                return false;
            }
        }
    }

    private static Font font(int size, boolean bold) {
        return new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, size);
    }

    /** The width of a text in pixels; 0 without fonts. */
    public static int width(String text, int size) {
        return hasFonts()
                ? (int) Math.ceil(
                        font(size, false).getStringBounds(text, CONTEXT).getWidth())
                : 0;
    }

    /** The text, or as much of its beginning as fits a width, with an ellipsis. */
    public static String fitted(String text, int size, int width) {
        if (width(text, size) <= width) {
            return text;
        }
        int end = text.length();
        while (end > 0 && width(text.substring(0, end) + "…", size) > width) {
            end = text.offsetByCodePoints(end, -1);
        }
        return text.substring(0, end) + "…";
    }

    /** A filled box. */
    public Canvas fill(int x, int y, int width, int height, Color colour) {
        graphics.setColor(colour);
        graphics.fillRect(x, y, width, height);
        return this;
    }

    /** The outline of a box. */
    public Canvas frame(int x, int y, int width, int height, Color colour) {
        graphics.setColor(colour);
        graphics.setStroke(new BasicStroke(1));
        graphics.drawRect(x, y, width, height);
        return this;
    }

    /** The outline of a box in a line of some width, drawn through or dashed. */
    public Canvas outline(int x, int y, int width, int height, int line, Color colour, boolean dashed) {
        float[] dash = dashed ? new float[] {3f * line, 2f * line} : null;
        graphics.setColor(colour);
        graphics.setStroke(new BasicStroke(line, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, dash, 0));
        graphics.drawRect(x, y, width, height);
        return this;
    }

    /** Another image. */
    public Canvas image(BufferedImage other, int x, int y) {
        graphics.drawImage(other, x, y, null);
        return this;
    }

    /** A text whose base line begins here. */
    public Canvas text(String text, int x, int y, int size, Color colour) {
        if (hasFonts()) {
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setFont(font(size, false));
            graphics.setColor(colour);
            graphics.drawString(text, x, y);
        }
        return this;
    }

    /** A text that ends here. */
    public Canvas textEndingAt(String text, int x, int y, int size, Color colour) {
        return text(text, x - width(text, size), y, size, colour);
    }

    /** A text around here. */
    public Canvas textAround(String text, int x, int y, int size, Color colour) {
        return text(text, x - width(text, size) / 2, y, size, colour);
    }

    /** The image; further drawing shows in it. */
    public BufferedImage image() {
        return image;
    }

    @Override
    public void close() {
        graphics.dispose();
    }
}
