package io.vertebra.app.config;

/** Makes foreign text fit to be shown in a message. */
final class Text {
    private static final int LONGEST_QUOTE = 60;

    private Text() {}

    /** The text as it was written, shortened. */
    static String quote(String text) {
        return "'" + oneLine(text, LONGEST_QUOTE) + "'";
    }

    /** The text with control characters as {@code ?}, cut to a length. */
    static String oneLine(String text, int longest) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(longest).forEach(c -> line.appendCodePoint(isShown(c) ? c : '?'));
        return text.codePointCount(0, text.length()) > longest ? line + "..." : line.toString();
    }

    private static boolean isShown(int codePoint) {
        return !Character.isISOControl(codePoint)
                && Character.getType(codePoint) != Character.FORMAT
                && Character.getType(codePoint) != Character.LINE_SEPARATOR
                && Character.getType(codePoint) != Character.PARAGRAPH_SEPARATOR
                && Character.getType(codePoint) != Character.SURROGATE;
    }
}
