package io.vertebra.datasets.formats.voc;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.formats.TextFile;
import io.vertebra.datasets.lint.Faults;
import io.vertebra.images.Size;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads one XML file: names, sizes and corners, nothing else; a {@code path} leads to a machine that is not this one, and is not looked at.
 *
 * <p>Entities, document types and anything outside the file are refused. Corners count from 1 and belong to the box, so that
 * {@code xmin, ymin, xmax, ymax} become {@code xmin − 1, ymin − 1, xmax, ymax}; a box of one pixel is a box.
 */
public final class VocReader {

    private static final long LARGEST = 16 << 20;
    private static final int DEEPEST = 32;
    private static final int LONGEST_TEXT = 4096;
    private static final List<String> CORNERS = List.of("xmin", "ymin", "xmax", "ymax");
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
    private static final Pattern NOT_FINITE = Pattern.compile("[+-]?(nan|inf|infinity)", Pattern.CASE_INSENSITIVE);

    private final String name;
    private final List<String> classes;
    private final Faults faults;

    private final StringBuilder path = new StringBuilder();
    private final Map<String, String> file = new HashMap<>();
    private final Map<String, String> object = new HashMap<>();
    private final List<VocFile.Item> objects = new ArrayList<>();
    private Optional<Size> size = Optional.empty();
    private int number;

    private VocReader(String name, List<String> classes, Faults faults) {
        this.name = name;
        this.classes = classes;
        this.faults = faults;
    }

    /**
     * What a file says.
     *
     * @param classes the names that objects may have; empty for any
     * @param faults told of objects that cannot be used, which are left out
     * @throws DatasetException if it is no such file
     */
    public static VocFile read(Path file, List<String> classes, Faults faults) {
        byte[] bytes = TextFile.bytes(file, LARGEST);
        if (bytes.length == 0) {
            throw new DatasetException(file.toString(), "is empty");
        }
        return new VocReader(file.toString(), classes, faults).read(bytes);
    }

    private VocFile read(byte[] bytes) {
        try {
            XMLStreamReader xml = VocXml.open(name, bytes);
            while (xml.hasNext()) {
                event(xml, xml.next());
            }
        } catch (XMLStreamException e) {
            throw VocXml.malformed(name, e);
        }
        String filename = file.getOrDefault("filename", "").strip();
        if (!filename.isEmpty() && !TextFile.staysInside(filename)) {
            faults.error("", "filename '" + filename + "' lies outside the folder of pictures");
        }
        if (number == 0 && size.isEmpty()) {
            faults.warning("", "says neither a size nor an object");
        }
        return new VocFile(filename, size, objects);
    }

    private DatasetException broken(String position, String reason) {
        return new DatasetException(name, position, reason, null);
    }

    private void event(XMLStreamReader xml, int event) {
        switch (event) {
            case XMLStreamConstants.DTD ->
                throw broken("line " + xml.getLocation().getLineNumber(), "a DOCTYPE is not allowed");
            case XMLStreamConstants.ENTITY_REFERENCE ->
                throw broken("line " + xml.getLocation().getLineNumber(), "an entity is not allowed");
            case XMLStreamConstants.START_ELEMENT -> begin(xml);
            case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text(xml);
            case XMLStreamConstants.END_ELEMENT -> end();
            default -> {
                // comments, instructions and white space say nothing
            }
        }
    }

    private void begin(XMLStreamReader xml) {
        String element = xml.getLocalName();
        if (path.isEmpty() && !element.equals("annotation")) {
            throw broken("", "its root is <" + element + ">, expected <annotation>");
        }
        path.append('/').append(element);
        if (path.chars().filter(c -> c == '/').count() > DEEPEST || path.length() > LONGEST_TEXT) {
            throw broken("line " + xml.getLocation().getLineNumber(), "nests more than " + DEEPEST + " elements deep");
        }
        if (path.toString().equals("/annotation/object")) {
            object.clear();
            number++;
        }
        if (path.toString().equals("/annotation/object/bndbox")) {
            if (object.put("bndbox", "") != null) {
                throw broken("line " + xml.getLocation().getLineNumber(), "object " + number + " has two boxes");
            }
        }
    }

    private void text(XMLStreamReader xml) {
        switch (path.toString()) {
            case "/annotation/filename" -> append(file, "filename", xml);
            case "/annotation/size/width" -> append(file, "width", xml);
            case "/annotation/size/height" -> append(file, "height", xml);
            case "/annotation/object/name" -> append(object, "name", xml);
            case "/annotation/object/difficult" -> append(object, "difficult", xml);
            case "/annotation/object/bndbox/xmin" -> append(object, "xmin", xml);
            case "/annotation/object/bndbox/ymin" -> append(object, "ymin", xml);
            case "/annotation/object/bndbox/xmax" -> append(object, "xmax", xml);
            case "/annotation/object/bndbox/ymax" -> append(object, "ymax", xml);
            default -> {
                // pose, part, owner and others
            }
        }
    }

    private void append(Map<String, String> values, String key, XMLStreamReader xml) {
        String text = values.merge(key, xml.getText(), String::concat);
        if (text.length() > LONGEST_TEXT) {
            throw broken("line " + xml.getLocation().getLineNumber(), key + " has more than 4096 characters");
        }
    }

    private void end() {
        switch (path.toString()) {
            case "/annotation/size" -> size = size();
            case "/annotation/object" -> finish("object " + number);
            default -> {
                // leaves are looked at when their parent ends
            }
        }
        path.setLength(path.lastIndexOf("/"));
    }

    private Optional<Size> size() {
        Optional<Double> width = number("", "width", file.get("width"));
        Optional<Double> height = number("", "height", file.get("height"));
        if (width.isEmpty() || height.isEmpty()) {
            return Optional.empty();
        }
        if (!isSide(width.get()) || !isSide(height.get())) {
            faults.warning(
                    "",
                    "says the size %sx%s; that of the picture is taken"
                            .formatted(
                                    file.get("width").strip(),
                                    file.get("height").strip()));
            return Optional.empty();
        }
        return Optional.of(new Size((int) (double) height.get(), (int) (double) width.get()));
    }

    private static boolean isSide(double length) {
        return length >= 1 && length <= 1 << 20 && length == Math.rint(length);
    }

    /** The number in a text; empty, and told, if there is none. */
    private Optional<Double> number(String position, String key, String text) {
        if (text == null) {
            faults.error(position, key + " missing");
            return Optional.empty();
        }
        String stripped = text.strip();
        if (NUMBER.matcher(stripped).matches()) {
            double value = Double.parseDouble(stripped);
            if (Math.abs(value) < 1e9) {
                return Optional.of(value);
            }
        }
        boolean isNumber = NUMBER.matcher(stripped).matches()
                || NOT_FINITE.matcher(stripped).matches();
        faults.error(
                position, key + " '" + stripped + (isNumber ? "' is not finite or out of range" : "' is not a number"));
        return Optional.empty();
    }

    private void finish(String position) {
        String label = object.getOrDefault("name", "");
        boolean isKnown = known(position, label);
        if (!object.containsKey("bndbox")) {
            faults.error(position, "bndbox missing");
            return;
        }
        double[] corners = new double[4];
        boolean isWhole = true;
        for (int i = 0; i < 4; i++) {
            Optional<Double> corner = number(position, CORNERS.get(i), object.get(CORNERS.get(i)));
            isWhole &= corner.isPresent();
            corners[i] = corner.orElse(0.0);
        }
        if (isWhole && isKnown && inOrder(position, corners)) {
            boolean isDifficult = object.getOrDefault("difficult", "0").strip().equals("1");
            objects.add(new VocFile.Item(number, label, corners[0], corners[1], corners[2], corners[3], isDifficult));
        }
    }

    private boolean known(String position, String label) {
        if (label.isBlank()) {
            faults.error(position, "its name is empty");
            return false;
        }
        if (!classes.isEmpty() && !classes.contains(label)) {
            Optional<String> near = classes.stream()
                    .filter(c -> c.strip()
                            .toLowerCase(Locale.ROOT)
                            .equals(label.strip().toLowerCase(Locale.ROOT)))
                    .findFirst();
            faults.error(
                    position,
                    "unknown class '" + label + "'; "
                            + near.map(c -> "did you mean '" + c + "'?")
                                    .orElse("the classes are " + String.join(", ", classes)));
            return false;
        }
        return true;
    }

    private boolean inOrder(String position, double... corners) {
        boolean isInOrder = true;
        for (int axis = 0; axis < 2; axis++) {
            if (corners[axis] > corners[axis + 2]) {
                faults.error(
                        position,
                        "%s %s > %s %s"
                                .formatted(
                                        CORNERS.get(axis),
                                        object.get(CORNERS.get(axis)).strip(),
                                        CORNERS.get(axis + 2),
                                        object.get(CORNERS.get(axis + 2)).strip()));
                isInOrder = false;
            }
        }
        if (isInOrder && (corners[0] == corners[2] || corners[1] == corners[3])) {
            String text = String.join(
                    ", ", CORNERS.stream().map(key -> object.get(key).strip()).toList());
            faults.warning(position, "degenerate box " + text + ", one pixel wide or high");
        }
        if (corners[0] == 0 || corners[1] == 0) {
            faults.warning(position, "xmin or ymin is 0, but VOC counts pixels from 1; are the boxes 0-based?");
        }
        return isInOrder;
    }
}
