package io.vertebra.datasets.formats.yolo;

import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Silhouette;
import io.vertebra.datasets.formats.TextFile;
import io.vertebra.datasets.lint.Faults;
import io.vertebra.images.Box;
import io.vertebra.images.PolygonMask;
import io.vertebra.images.Size;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What one text file says: {@code class centre-x centre-y width height}, or {@code class x y x y x y ...} for a polygon, in shares of the
 * picture's width and height.
 */
final class YoloFile {

    private static final long LARGEST = 16 << 20;
    private static final int BOX_COLUMNS = 5;
    /** Six decimals and rounded halves go beyond the border by less than this share of the picture. */
    private static final double SLACK = 1e-3;

    private static final List<String> COLUMNS = List.of("centre x", "centre y", "width", "height");
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
    private static final Pattern NOT_FINITE = Pattern.compile("[+-]?(nan|inf|infinity)", Pattern.CASE_INSENSITIVE);

    private final int classes;
    private final Faults faults;
    private final List<Row> rows = new ArrayList<>();
    private final Set<List<Double>> seen = new HashSet<>();

    /** An object: its line from 1 on, its class, and the corners x1, y1, x2, y2 of a box or those of a polygon. */
    private static final class Row {

        private final int line;
        private final int label;
        private final double[] values;
        private final boolean polygon;

        Row(int line, int label, double[] values, boolean polygon) {
            this.line = line;
            this.label = label;
            this.values = values;
            this.polygon = polygon;
        }

        Instance instance(Size picture) {
            double[] scaled = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                scaled[i] = values[i] * (i % 2 == 0 ? picture.width() : picture.height());
            }
            double[] sides = polygon ? bounds(scaled) : scaled;
            Box box = new Box((float) sides[0], (float) sides[1], (float) sides[2], (float) sides[3])
                    .window(0, 0, picture.height(), picture.width());
            Silhouette silhouette = polygon
                    ? Silhouette.lazily(() -> PolygonMask.of(picture.height(), picture.width(), List.of(scaled)))
                    : Silhouette.NONE;
            return new Instance(line, label, box, silhouette, false, false, box.area());
        }
    }

    private YoloFile(int classes, Faults faults) {
        this.classes = classes;
        this.faults = faults;
    }

    /**
     * Reads a file.
     *
     * @param classes how many there are; 0 if that is not known
     * @param faults told of lines that cannot be used, which are left out
     * @throws io.vertebra.datasets.DatasetException if it is no text
     */
    static YoloFile read(Path file, int classes, Faults faults) {
        YoloFile read = new YoloFile(classes, faults);
        List<String> lines = TextFile.lines(file, LARGEST);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isEmpty()) {
                read.line(i + 1, lines.get(i));
            }
        }
        return read;
    }

    /** The objects, numbered by their lines, cut to a picture of this size. */
    List<Instance> instances(Size picture) {
        return rows.stream()
                .map(row -> row.instance(picture))
                .filter(instance -> instance.box().area() > 0)
                .toList();
    }

    private void line(int number, String line) {
        String position = "line " + number;
        String[] words = line.split("\\s+", -1);
        if (words.length == 1 && line.contains(",")) {
            faults.error(position, "is separated by commas; YOLO separates by blanks");
        } else if (words.length < BOX_COLUMNS) {
            faults.error(position, "needs 5 numbers, has " + words.length);
        } else if (words.length == BOX_COLUMNS + 1) {
            faults.error(position, "has 6 numbers; this looks like a prediction with its score");
        } else {
            OptionalInt label = label(position, words[0]);
            double[] values = new double[words.length - 1];
            boolean isGood = label.isPresent();
            for (int i = 0; i < values.length && isGood; i++) {
                isGood = value(position, i, words, values);
            }
            if (isGood && isNew(position, label.getAsInt(), values)) {
                if (words.length == BOX_COLUMNS) {
                    box(number, position, label.getAsInt(), values);
                } else {
                    polygon(number, position, label.getAsInt(), values);
                }
            }
        }
    }

    private OptionalInt label(String position, String word) {
        if (!NUMBER.matcher(word).matches()) {
            faults.error(position, "class '" + word + "' is not a number");
            return OptionalInt.empty();
        }
        double value = Double.parseDouble(word);
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            faults.error(position, "class " + word + " is not a whole number");
        } else if (value < 0) {
            faults.error(position, "class " + word + " is negative");
        } else if (classes > 0 && value >= classes) {
            faults.error(position, "class " + word + ", but there are only " + classes + " classes, from 0 on");
        } else {
            return OptionalInt.of((int) value);
        }
        return OptionalInt.empty();
    }

    private boolean value(String position, int column, String[] words, double[] values) {
        String word = words[column + 1];
        String name = values.length == COLUMNS.size() ? COLUMNS.get(column) : "coordinate " + (column + 1);
        if (NOT_FINITE.matcher(word).matches()) {
            faults.error(position, name + " is not finite");
            return false;
        }
        if (!NUMBER.matcher(word).matches()) {
            faults.error(position, name + " '" + word + "' is not a number");
            return false;
        }
        double value = Double.parseDouble(word);
        boolean isLength = values.length == COLUMNS.size() && column >= 2;
        if (value < 0 || value > 1) {
            String why = value < 0 && isLength ? " is negative" : " lies outside 0 to 1";
            faults.error(position, name + " " + word + why + (value >= 2 ? "; is it in pixels, not normalised?" : ""));
            return false;
        }
        values[column] = value;
        return true;
    }

    private boolean isNew(String position, int label, double... values) {
        List<Double> key = new ArrayList<>();
        key.add((double) label);
        for (double value : values) {
            key.add(value);
        }
        if (!seen.add(key)) {
            faults.warning(position, "says the same as an earlier line and is left out");
            return false;
        }
        return true;
    }

    private void box(int number, String position, int label, double... values) {
        double[] corners = {
            values[0] - values[2] / 2, values[1] - values[3] / 2, values[0] + values[2] / 2, values[1] + values[3] / 2
        };
        if (values[2] == 0 || values[3] == 0) {
            faults.warning(position, "the box has no area and is left out");
            return;
        }
        if (Math.min(corners[0], corners[1]) < -SLACK || Math.max(corners[2], corners[3]) > 1 + SLACK) {
            faults.warning(
                    position,
                    "the box leaves the picture and is cut: x %.4f to %.4f, y %.4f to %.4f"
                            .formatted(corners[0], corners[2], corners[1], corners[3]));
        }
        rows.add(new Row(number, label, corners, false));
    }

    private void polygon(int number, String position, int label, double... values) {
        if (values.length % 2 != 0) {
            faults.error(position, "has the odd number of " + values.length + " polygon coordinates");
            return;
        }
        double[] bounds = bounds(values);
        if (bounds[0] == bounds[2] || bounds[1] == bounds[3]) {
            faults.warning(position, "the polygon has no area and is left out");
            return;
        }
        faults.warning(position, "is a polygon; its box is taken");
        rows.add(new Row(number, label, values, true));
    }

    private static double[] bounds(double... polygon) {
        double[] bounds = {polygon[0], polygon[1], polygon[0], polygon[1]};
        for (int i = 0; i < polygon.length; i++) {
            bounds[i % 2] = Math.min(bounds[i % 2], polygon[i]);
            bounds[2 + i % 2] = Math.max(bounds[2 + i % 2], polygon[i]);
        }
        return bounds;
    }
}
