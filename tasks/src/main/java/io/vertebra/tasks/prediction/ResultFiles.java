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
        Map<String, byte[]> others = result.prediction().files();
        String stem = unused(result.file(), others.keySet());
        boolean jpeg = isJpeg(result.file());
        Path picture = folder.resolve(stem + ending(jpeg));
        DurableFiles.write(picture, jpeg ? Pictures.jpeg(drawn) : Pictures.png(drawn));
        rows.add(row(result));
        if (csv.length() == 0) {
            csv.append(line("path", result.prediction().columns()));
        }
        for (List<String> cells : result.prediction().rows()) {
            csv.append(line(result.file().toString(), cells));
        }
        others.forEach((suffix, content) -> DurableFiles.write(folder.resolve(stem + suffix), content));
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

    /** The file's name without its ending, and a number where a name of its picture or other files is taken; they are taken then. */
    private String unused(Path file, Set<String> suffixes) {
        String own = stem(file);
        Set<String> endings = new HashSet<>(suffixes);
        endings.add(ending(isJpeg(file)));
        String candidate = own;
        for (int i = 2; isTaken(candidate, endings); i++) {
            candidate = own + "-" + i;
        }
        for (String ending : endings) {
            names.add(candidate + ending);
        }
        return candidate;
    }

    private boolean isTaken(String stem, Set<String> endings) {
        return endings.stream().anyMatch(ending -> names.contains(stem + ending));
    }

    private static boolean isJpeg(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT).matches(".*\\.(jpg|jpeg)");
    }

    private static String ending(boolean jpeg) {
        return jpeg ? ".jpg" : ".png";
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
