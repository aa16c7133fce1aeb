package io.vertebra.tasks.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.vertebra.backbones.weights.DurableFiles;
import io.vertebra.tasks.pictures.Drawing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A page of one file: figures, curves, the task's own tables and pictures, machine and config.
 *
 * @param title of the page
 * @param subtitle a line below it
 * @param figures what is to be seen first: label → value, in their order
 * @param curves side by side
 * @param parts one below the other
 * @param environment label → value
 * @param configText the resolved config
 */
public record Report(
        String title,
        String subtitle,
        Map<String, String> figures,
        List<Part.Picture> curves,
        List<Part> parts,
        Map<String, String> environment,
        String configText) {
    private static final String PACKAGE = "io.vertebra.tasks.templates";

    /** Copies the lists. */
    public Report {
        curves = List.copyOf(curves);
        parts = List.copyOf(parts);
    }

    /** The page. */
    public String html() {
        StringOutput output = new StringOutput();
        TemplateEngine.createPrecompiled(null, ContentType.Html, null, PACKAGE).render("report.jte", this, output);
        return output.toString();
    }

    /** Writes the page durably. */
    public void write(Path file) {
        DurableFiles.write(file, html().getBytes(StandardCharsets.UTF_8));
    }

    /** A drawing as a {@code data:} address, for the template. */
    public static String data(Drawing drawing) {
        String type = drawing.format().name().toLowerCase(Locale.ROOT);
        return "data:image/" + type + ";base64," + Base64.getEncoder().encodeToString(drawing.file());
    }
}
