package io.vertebra.datasets.formats.voc;

import io.vertebra.datasets.DatasetException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Opens an XML file whose text stands in it alone: no entities, no document types, nothing outside the file. */
final class VocXml {

    private static final Pattern ENCODING = Pattern.compile("^\\W*<\\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)[\"']");
    private static final String MARK = "\uFEFF";

    private VocXml() {}

    /** The elements and texts of a file of this name. */
    static XMLStreamReader open(String name, byte... bytes) throws XMLStreamException {
        return factory().createXMLStreamReader(new StringReader(text(name, bytes)));
    }

    /** What the parser found wrong with a file, and where. */
    static DatasetException malformed(String name, XMLStreamException e) {
        int line = e.getLocation() == null ? 1 : e.getLocation().getLineNumber();
        int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNumber();
        return new DatasetException(name, "line %d, column %d".formatted(line, column), reason(e), e);
    }

    /** The characters, decoded here and strictly: of bytes that are none the parser prints a line of its own. */
    private static String text(String name, byte... bytes) {
        String head = new String(bytes, 0, Math.min(bytes.length, 200), StandardCharsets.ISO_8859_1);
        Matcher declared = ENCODING.matcher(head);
        String encoding = head.startsWith("\u00FE\u00FF") || head.startsWith("\u00FF\u00FE")
                ? "UTF-16"
                : declared.find() ? declared.group(1) : "UTF-8";
        try {
            String text = Charset.forName(encoding)
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith(MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new DatasetException(name, "", "is not " + encoding + " text", e);
        }
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("nothing outside the file is read");
        });
        return factory;
    }

    /** The parser's own words after its place, in one line. */
    private static String reason(XMLStreamException e) {
        String message = String.valueOf(e.getMessage());
        int after = message.indexOf("Message: ");
        String words = after < 0 ? message : message.substring(after + "Message: ".length());
        return "is not well-formed XML: " + words.lines().findFirst().orElse("");
    }
}
