package io.vertebra.datasets.decode;

import java.util.Locale;

/** Recognises the format of a picture by its first bytes, whatever the file is called. */
final class Signature {

    private static final int SHOWN = 12;

    private Signature() {}

    /** Checks the structure of the file with the reader of its format. */
    static Inspected inspect(Source source) {
        if (source.length() == 0) {
            throw source.broken("is empty");
        }
        if (source.has(0, "\u00FF\u00D8\u00FF")) {
            return JpegStructure.inspect(source);
        }
        if (source.has(0, "\u0089PNG\r\n\u001A\n")) {
            return PngStructure.inspect(source);
        }
        if (source.has(0, "RIFF") && source.has(8, "WEBP")) {
            return WebpStructure.inspect(source);
        }
        if (source.has(0, "GIF87a") || source.has(0, "GIF89a")) {
            return GifStructure.inspect(source);
        }
        if (source.has(0, "II*\0") || source.has(0, "MM\0*")) {
            return TiffStructure.inspect(source);
        }
        if (source.has(0, "BM")) {
            return BmpStructure.inspect(source);
        }
        throw source.broken("is not a picture: " + describe(source));
    }

    private static String describe(Source source) {
        String start = source.text(0, Math.min(source.length(), 256));
        String lower = start.strip().toLowerCase(Locale.ROOT);
        if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
            return "looks like an HTML page";
        }
        if (lower.startsWith("version https://git-lfs")) {
            return "is a Git LFS pointer, the file itself was not downloaded";
        }
        if (lower.startsWith("http/")) {
            return "starts with an HTTP header";
        }
        String shown = start.substring(0, Math.min(SHOWN, start.length()));
        if (shown.chars().allMatch(c -> (c >= ' ' && c < 127) || c == '\n' || c == '\r' || c == '\t')) {
            return "starts with the text \"" + shown.replaceAll("\\s+", " ") + "\"";
        }
        StringBuilder hex = new StringBuilder("starts with the bytes");
        for (int i = 0; i < shown.length(); i++) {
            hex.append(String.format(Locale.ROOT, " %02X", (int) shown.charAt(i)));
        }
        return hex.toString();
    }
}
