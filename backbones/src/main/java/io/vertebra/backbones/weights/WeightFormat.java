package io.vertebra.backbones.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/** The formats that are read, and how a file shows by its first bytes which one it is; its extension says nothing. */
public enum WeightFormat {
    SAFETENSORS("safetensors"),
    PYTORCH_ZIP("PyTorch zip"),
    PYTORCH_LEGACY("PyTorch before 1.6"),
    HDF5("HDF5");

    private static final int HEAD = 512;

    /** First bytes of what people mistake for weights. Latin-1 letters stand for bytes. */
    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("version https://git-lfs", "a Git LFS pointer: the file itself was not downloaded"),
            Map.entry("\u0093NUMPY", "a NumPy array (.npy), which may hold objects and is not read"),
            Map.entry("GGUF", "a GGUF model"),
            Map.entry("\u001f\u008b", "a gzip archive; unpack it first"),
            Map.entry("BZh", "a bzip2 archive; unpack it first"),
            Map.entry("\u00fd7zXZ", "an xz archive; unpack it first"),
            Map.entry("(\u00b5/\u00fd", "a zstd archive; unpack it first"),
            Map.entry("7z\u00bc\u00af", "a 7z archive; unpack it first"),
            Map.entry("Rar!", "a RAR archive; unpack it first"),
            Map.entry("\u0089PNG", "a PNG picture"),
            Map.entry("\u00ff\u00d8\u00ff", "a JPEG picture"),
            Map.entry("%PDF", "a PDF document"),
            Map.entry("\u00ca\u00fe\u00ba\u00be", "a Java class"));

    private final String title;

    WeightFormat(String title) {
        this.title = title;
    }

    /** Name for people. */
    public String title() {
        return title;
    }

    static WeightFormat of(FileBytes file) {
        if (file.size() == 0) {
            throw file.fault("", "file is empty");
        }
        ByteBuffer head = file.read("", 0, Math.min(HEAD, file.size()));
        String first = StandardCharsets.ISO_8859_1.decode(head.duplicate()).toString();
        long headerLength = file.size() < 9 ? -1 : head.getLong(0);
        boolean headerFits = headerLength > 0 && headerLength <= file.size() - 8;
        if (headerFits && first.charAt(8) == '{') {
            return SAFETENSORS;
        }
        if (first.startsWith("\u0089HDF\r\n\u001a\n")) {
            return HDF5;
        }
        if (first.startsWith("PK\u0003\u0004") || first.startsWith("PK\u0005\u0006")) {
            return PYTORCH_ZIP;
        }
        if (first.length() > 2 && first.charAt(0) == '\u0080' && first.charAt(1) >= 2 && first.charAt(1) <= 5) {
            return PYTORCH_LEGACY;
        }
        String other = lookAlike(first, headerFits);
        if (other != null) {
            throw file.fault("", "looks like " + other + "; wanted are safetensors, PyTorch or HDF5 weights");
        }
        if (file.size() < 8) {
            throw file.fault("", "file is too short for a header: " + file.size() + " bytes");
        }
        if (headerFits || file.size() == 8 || first.charAt(8) == '{' || first.charAt(8) == '[') {
            return SAFETENSORS; // its reader says what is wrong
        }
        byte[] bytes = first.substring(0, 8).getBytes(StandardCharsets.ISO_8859_1);
        throw file.fault(
                "",
                "is neither safetensors nor PyTorch nor HDF5 (first bytes "
                        + HexFormat.ofDelimiter(" ").formatHex(bytes) + ")");
    }

    private static String lookAlike(String first, boolean headerFits) {
        for (Map.Entry<String, String> other : OTHERS.entrySet()) {
            if (first.startsWith(other.getKey())) {
                return other.getValue();
            }
        }
        if (first.startsWith("TFL3", 4)) {
            return "a TensorFlow Lite model";
        }
        if (first.startsWith("ustar", 257)) {
            return "a tar archive; unpack it first";
        }
        if (headerFits) {
            return null;
        }
        String text = first.strip().toLowerCase(Locale.ROOT);
        if (text.startsWith("<")) {
            return text.contains("html") ? "an HTML page (a login or error page saved as a file?)" : "an XML document";
        }
        if (text.startsWith("{") || text.startsWith("[")) {
            return "JSON text";
        }
        // protobuf: field 1 (ir_version, a small number), then producer_name or the graph
        if (first.length() > 2
                && first.charAt(0) == 8
                && first.charAt(1) < 32
                && (first.charAt(2) == 0x12 || first.charAt(2) == 0x3a)) {
            return "an ONNX model";
        }
        return null;
    }
}
