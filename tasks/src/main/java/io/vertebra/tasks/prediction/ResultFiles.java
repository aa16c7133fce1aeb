package io.vertebra.tasks.prediction;

import io.vertebra.backbones.weights.DurableFiles;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.pictures.Pictures;
import io.vertebra.tasks.runs.Json;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A folder of results: an annotated copy of each picture, {@code predictions.csv} and {@code predictions.json}.
 *
 * <p>Every file is written aside and renamed. JPEG pictures stay JPEG, all others become PNG.
 */
public final class ResultFiles {
    private final Path folder;
    private final Set<String> names = new HashSet<>();
    private final List<Map<String, Object>> rows = new ArrayList<>();
    private final StringBuilder csv = new StringBuilder();

    /** Makes the folder if it is missing. */
    public ResultFiles(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be made: " + e.getMessage(), e);
        }
    }

    /** Writes the annotated picture and remembers the answer; gives the picture's path. */
    public Path add(Result result) {
        BufferedImage drawn = result.prediction().draw(result.photo(), result.truth());
        Path picture = folder.resolve(unused(result.file()));
        boolean jpeg = picture.toString().endsWith(".jpg");
        DurableFiles.write(picture, jpeg ? Pictures.jpeg(drawn) : Pictures.png(drawn));
        rows.add(row(result));
        if (csv.length() == 0) {
            csv.append(line("path", result.prediction().columns()));
        }
        for (List<String> cells : result.prediction().rows()) {
            csv.append(line(result.file().toString(), cells));
        }
        String stem = stem(picture);
        result.prediction()
                .files()
                .forEach((suffix, content) -> DurableFiles.write(folder.resolve(stem + suffix), content));
        return picture;
    }

    /** Path and answer of a file as plain values: a row of {@code predictions.json}. */
    public static Map<String, Object> row(Result result) {
        Prediction prediction = result.prediction();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("path", result.file().toString());
        row.putAll(prediction.values());
        return row;
    }

    /** Writes the tables of all answers so far. */
    public void finish() {
        DurableFiles.write(folder.resolve("predictions.csv"), csv.toString().getBytes(StandardCharsets.UTF_8));
        DurableFiles.write(folder.resolve("predictions.json"), Json.lines(rows));
    }

    /** The file's own name with the new ending, and a number where that name is taken. */
    private String unused(Path file) {
        String name = file.getFileName().toString();
        String stem = stem(file);
        String ending = name.toLowerCase(Locale.ROOT).matches(".*\\.(jpg|jpeg)") ? ".jpg" : ".png";
        String candidate = stem + ending;
        for (int i = 2; !names.add(candidate); i++) {
            candidate = stem + "-" + i + ending;
        }
        return candidate;
    }

    private static String stem(Path file) {
        String name = file.getFileName().toString();
        int point = name.lastIndexOf('.');
        return point > 0 ? name.substring(0, point) : name;
    }

    private static String line(String first, List<String> rest) {
        StringBuilder line = new StringBuilder(quoted(first));
        rest.forEach(cell -> line.append(',').append(quoted(cell)));
        return line.append('\n').toString();
    }

    /** RFC 4180: quotes where a comma, quote or line end would be misread. */
    private static String quoted(String cell) {
        return cell.matches("[^,\"\\r\\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }
}
