package io.vertebra.backbones.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assumptions;

/** Files for the tests of this package: the shared folder, our resources, and files made by hand. */
final class Fixtures {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Fixtures() {}

    /** A path in the shared folder, which is looked for upwards from the working directory. */
    static Path shared(String path) {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.isDirectory(at.resolve("shared/anchors"))) {
            at = at.getParent();
        }
        Assumptions.assumeTrue(at != null, "no folder shared/ above the working directory");
        return at.resolve("shared").resolve(path);
    }

    static JsonNode json(Path path) {
        try {
            return JSON.readTree(path.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = Fixtures.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    /** A copy of a resource in a folder. */
    static Path copy(Path folder, String name) throws IOException {
        return Files.write(folder.resolve(name), resource(name));
    }

    /** A safetensors file of this header and data. */
    static Path safetensors(Path folder, String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(json.length).put(json);
        for (int i = 0; i < dataBytes; i++) {
            file.put((byte) (i + 1));
        }
        return Files.write(folder.resolve("made.safetensors"), file.array());
    }

    /** A zip archive of stored entries. */
    static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry made = new ZipEntry(entry.getKey());
                CRC32 crc = new CRC32();
                crc.update(entry.getValue());
                made.setMethod(ZipEntry.STORED);
                made.setSize(entry.getValue().length);
                made.setCrc(crc.getValue());
                zip.putNextEntry(made);
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    /** A torch zip with this pickle and one storage of 24 bytes under the key 0. */
    static Path torch(Path folder, byte[] pickle) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("made/data.pkl", pickle);
        entries.put("made/data/0", new byte[24]);
        return Files.write(folder.resolve("made.pt"), zip(entries));
    }

    /** Bytes written as text, in Latin-1. */
    static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Bytes of several pieces. */
    static byte[] bytes(Object... pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object piece : pieces) {
            if (piece instanceof String text) {
                out.writeBytes(latin(text));
            } else if (piece instanceof Integer value) {
                out.write(value);
            } else {
                out.writeBytes((byte[]) piece);
            }
        }
        return out.toByteArray();
    }

    /** The state dict of a network in shared/anchors: shapes by name. */
    static Map<String, List<Integer>> stateDict(String network) {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        for (JsonNode line : json(shared("anchors/state_dict_names.json")).get(network)) {
            String[] parts = line.asText().split(" ", -1);
            if (parts[2].equals("bn")) {
                for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
                    shapes.put(parts[0] + "." + part, List.of(Integer.valueOf(parts[1])));
                }
                shapes.put(parts[0] + ".num_batches_tracked", List.of());
            } else {
                List<Integer> shape = new ArrayList<>();
                for (String extent : parts[1].split("x", -1)) {
                    shape.add(Integer.valueOf(extent));
                }
                shapes.put(parts[0], shape);
            }
        }
        return shapes;
    }
}
