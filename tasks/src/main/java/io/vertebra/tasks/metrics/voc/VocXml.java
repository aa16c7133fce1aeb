package io.vertebra.tasks.metrics.voc;

import io.vertebra.datasets.DatasetException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What an evaluation needs of an annotation: class, box and difficulty of each object. Boxes of an object's parts are passed over.
 *
 * <p>A document type, and with it every entity of the file's own, is refused before anything of it is looked at.
 */
final class VocXml {

    private static final long LARGEST = 16L << 20;
    private static final int DEEPEST = 64;
    private static final int LONGEST_TEXT = 4096;

    private final String file;
    private final XMLStreamReader xml;
    private final List<VocObject> objects = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private int depth;
    private boolean inObject;
    private boolean inBox;
    private String name;
    private boolean difficult;
    /** xmin, ymin, xmax, ymax; NaN where not yet read. */
    private double[] box;

    private VocXml(String file, XMLStreamReader xml) {
        this.file = file;
        this.xml = xml;
    }

    /** The objects of a file, in its order. */
    static List<VocObject> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(file.toString(), "does not exist");
        }
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try (InputStream in = Files.newInputStream(file)) {
            if (Files.size(file) > LARGEST) {
                throw new DatasetException(file.toString(), "has more than %d MiB".formatted(LARGEST >> 20));
            }
            return new VocXml(file.toString(), factory.createXMLStreamReader(in)).objects();
        } catch (XMLStreamException e) {
            String position =
                    e.getLocation() == null ? "" : "line " + e.getLocation().getLineNumber();
            throw new DatasetException(file.toString(), position, "is no well-formed XML", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<VocObject> objects() throws XMLStreamException {
        while (xml.hasNext()) {
            switch (xml.next()) {
                case XMLStreamConstants.DTD -> throw fault("has a document type, which is not read");
                case XMLStreamConstants.ENTITY_REFERENCE -> throw fault("has an unknown entity");
                case XMLStreamConstants.START_ELEMENT -> begin(xml.getLocalName());
                case XMLStreamConstants.END_ELEMENT -> end(xml.getLocalName());
                case XMLStreamConstants.CHARACTERS -> characters();
                default -> {} // comments and the like
            }
        }
        return objects;
    }

    private void begin(String element) {
        depth++;
        text.setLength(0);
        if (depth > DEEPEST) {
            throw fault("is nested deeper than " + DEEPEST);
        }
        if (depth == 1 && !element.equals("annotation")) {
            throw fault("begins with " + element + ", an annotation begins with annotation");
        }
        if (depth == 2 && element.equals("object")) {
            inObject = true;
            name = null;
            box = null;
            difficult = false;
        } else if (depth == 3 && inObject && element.equals("bndbox")) {
            inBox = true;
            box = new double[] {Double.NaN, Double.NaN, Double.NaN, Double.NaN};
        }
    }

    private void characters() {
        if (text.length() + xml.getTextLength() > LONGEST_TEXT) {
            throw fault("has a text of more than " + LONGEST_TEXT + " characters");
        }
        text.append(xml.getTextCharacters(), xml.getTextStart(), xml.getTextLength());
    }

    private void end(String element) {
        if (depth == 4 && inBox) {
            int corner = List.of("xmin", "ymin", "xmax", "ymax").indexOf(element);
            if (corner >= 0) {
                box[corner] = number(element);
            }
        } else if (depth == 3 && inObject) {
            switch (element) {
                case "name" -> name = text.toString().strip();
                case "difficult" -> difficult = number(element) != 0;
                default -> inBox = false;
            }
        } else if (depth == 2 && inObject) {
            finish();
        }
        text.setLength(0);
        depth--;
    }

    private void finish() {
        if (name == null || name.isEmpty()) {
            throw fault("has an object without a name");
        }
        if (box == null || !(box[0] <= box[2] && box[1] <= box[3])) {
            throw fault("has an object " + name + " without a box whose corners are in order");
        }
        objects.add(new VocObject(name, new VocBox(box[0], box[1], box[2], box[3]), difficult));
        inObject = false;
    }

    private double number(String element) {
        try {
            double value = Double.parseDouble(text.toString().strip());
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw fault(element + " is no number");
        }
        throw fault(element + " is not finite");
    }

    private DatasetException fault(String reason) {
        return new DatasetException(file, "line " + xml.getLocation().getLineNumber(), reason, null);
    }
}
