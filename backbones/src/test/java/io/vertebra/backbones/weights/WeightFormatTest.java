package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightFormatTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"types.pt, PYTORCH_ZIP, PyTorch zip", "types_legacy.pt, PYTORCH_LEGACY, PyTorch before 1.6"})
    void looksAtTheContentNotTheExtension(String name, WeightFormat format, String title) throws IOException {
        Path path = Files.write(folder.resolve("weights.safetensors"), Fixtures.resource(name));

        try (WeightFile file = WeightFile.open(path)) {
            assertThat(file.format()).isEqualTo(format);
            assertThat(format.title()).isEqualTo(title);
        }
    }

    @Test
    void takesAHeaderWhoseLengthBeginsLikeAPickleForWhatItIs() throws IOException {
        String header = "{\"__metadata__\":{\"k\":\"" + "x".repeat(0x280 - 25) + "\"}}";
        assertThat(header).hasSize(0x280); // as u64: 80 02 00 ...

        try (WeightFile file = WeightFile.open(Fixtures.safetensors(folder, header, 0))) {
            assertThat(file.format()).isEqualTo(WeightFormat.SAFETENSORS);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BZh91AY&SY|looks like a bzip2 archive",
                "\u00fd7zXZ and more|looks like an xz archive",
                "(\u00b5/\u00fd and more|looks like a zstd archive",
                "7z\u00bc\u00af and more|looks like a 7z archive",
                "Rar! and more|looks like a RAR archive",
                "GGUF and more|looks like a GGUF model",
                "\u0089PNG and more|looks like a PNG picture",
                "\u00ff\u00d8\u00ff\u00e0 and more|looks like a JPEG picture",
                "%PDF-1.5 and more|looks like a PDF document",
                "\u00ca\u00fe\u00ba\u00be and more|looks like a Java class",
                "....TFL3 and more|looks like a TensorFlow Lite model",
                "<?xml version='1.0'?>|looks like an XML document",
                "<html><body>|looks like an HTML page",
                "{'weight_map': {}}|looks like JSON text",
                "[1, 2, 3, 4, 5]|looks like JSON text",
                "something else|is neither safetensors nor PyTorch nor HDF5 (first bytes 73 6f 6d 65 74 68 69 6e)",
            })
    void namesWhatAFileLooksLike(String content, String complaint) throws IOException {
        Path path = Files.write(folder.resolve("weights.pt"), Fixtures.latin(content));

        assertThatThrownBy(() -> WeightFile.open(path))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(path + ": " + complaint);
    }

    @ParameterizedTest
    @CsvSource({"18, an ONNX model", "58, an ONNX model"})
    void namesOnnxModels(int secondField, String kind) throws IOException {
        Path path = Files.write(folder.resolve("weights.onnx"), Fixtures.bytes(8, 7, secondField, 7, "pytorch"));

        assertThatThrownBy(() -> WeightFile.open(path)).hasMessageContaining("looks like " + kind);
        Files.write(path, Fixtures.bytes(8, 32, secondField, 7, "pytorch"));
        assertThatThrownBy(() -> WeightFile.open(path)).hasMessageContaining("is neither safetensors nor");
        Files.write(path, Fixtures.bytes(8, 7, 1, 7, "pytorch"));
        assertThatThrownBy(() -> WeightFile.open(path)).hasMessageContaining("is neither safetensors nor");
    }

    @Test
    void namesGzipArchives() throws IOException {
        Path path = Files.write(
                folder.resolve("weights.gz"),
                Fixtures.bytes(0x1f, 0x8b, 8, new byte[600_000])); // as u64 a header that fits

        assertThatThrownBy(() -> WeightFile.open(path)).hasMessageContaining("looks like a gzip archive");
    }

    @Test
    void namesTarArchives() throws IOException {
        byte[] tar = new byte[1024];
        tar[0] = 'f';
        System.arraycopy(Fixtures.latin("ustar"), 0, tar, 257, 5);
        Path path = Files.write(folder.resolve("weights.tar"), tar);

        assertThatThrownBy(() -> WeightFile.open(path)).hasMessageContaining("looks like a tar archive");
    }

    @ParameterizedTest
    @CsvSource({
        "arr_0.npy, a NumPy archive",
        "coefficients.bin, a DL4J model",
        "model.weights.h5, a Keras model",
        "readme.txt, some other zip archive"
    })
    void namesOtherZipArchives(String entry, String kind) throws IOException {
        Path path = Files.write(folder.resolve("weights.zip"), Fixtures.zip(Map.of(entry, new byte[3])));

        assertThatThrownBy(() -> WeightFile.open(path))
                .hasMessageStartingWith(path + ": zip: no data.pkl, so not torch's; looks like " + kind);
    }

    @Test
    void refusesWhatIsNoFile() {
        assertThatThrownBy(() -> WeightFile.open(folder))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("is a directory");
        assertThatThrownBy(() -> WeightFile.open(folder.resolve("absent")))
                .isInstanceOf(WeightsException.class)
                .hasMessageEndingWith("absent: does not exist");
        assertThatThrownBy(() -> WeightFile.open(Path.of("/dev/null")))
                .isInstanceOf(WeightsException.class)
                .hasMessageEndingWith("is not a regular file");
    }
}
