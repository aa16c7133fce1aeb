package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsInspectionTest {

    private static final Schemes SCHEMES = Schemes.builtIn();

    @TempDir
    private Path folder;

    @Test
    void showsEveryTensorToPeople() {
        Path path = folder.resolve("w");
        new SafetensorsWriter()
                .metadata("note", "a\nb")
                .add("a\nb", new int[] {2, 3}, new float[6])
                .add("c", new int[0], new long[1])
                .write(path);

        assertThat(WeightsInspection.of(path, SCHEMES).lines())
                .containsExactly(
                        path + ": safetensors, 2 tensors, 7 parameters",
                        "no known naming scheme",
                        "format: pt",
                        "note: a?b",
                        "  F32  [2, 3]               a?b",
                        "  I64  []                   c");
    }

    @Test
    void showsEverythingToPrograms() throws IOException {
        Path path = Fixtures.shared("weights/mobilenet_v2_1.0_224_in1k.safetensors");
        JsonNode json =
                Fixtures.json(WeightsInspection.of(path, SCHEMES).toJson().toString());

        assertThat(json.get("file").asText()).isEqualTo(path.toString());
        assertThat(json.get("format").asText()).isEqualTo("safetensors");
        assertThat(json.get("parameters").asLong()).isEqualTo(3489097);
        assertThat(json.get("scheme").asText()).isEqualTo("tensorflow_mobilenet_v2");
        assertThat(json.get("architecture").asText()).isEqualTo("mobilenet_v2");
        assertThat(json.get("outputs").asInt()).isEqualTo(1001);
        assertThat(json.get("classes").asInt()).isEqualTo(1000);
        assertThat(json.get("class_offset").asInt()).isEqualTo(1);
        assertThat(json.get("same_padding").asBoolean()).isTrue();
        assertThat(json.get("norm_epsilon").asDouble()).isEqualTo(0x1p-10);
        assertThat(json.get("folded_norm").asBoolean()).isTrue();
        assertThat(json.get("metadata").get("layout").asText()).startsWith("OHWI");
        assertThat(json.get("tensors")).hasSize(106);
        assertThat(json.get("tensors").get("MobilenetV2/Conv/weights").toString())
                .isEqualTo("{\"type\":\"F16\",\"shape\":[32,3,3,3]}");
        assertThat(json.get("warnings")).isEmpty();
    }

    @Test
    void showsNullsWhereNoSchemeFits() throws IOException {
        Path path = Fixtures.copy(folder, "types.pt");
        JsonNode json =
                Fixtures.json(WeightsInspection.of(path, SCHEMES).toJson().toString());

        assertThat(json.get("scheme").isNull()).isTrue();
        assertThat(json.get("architecture").isNull()).isTrue();
        assertThat(json.has("same_padding")).isFalse();
        assertThat(json.get("warnings").get(0).asText()).isEqualTo(path + ": f64: has values that are not finite");
    }

    @Test
    void countsTensorsThatAreNotFinite() {
        Path path = folder.resolve("w");
        new SafetensorsWriter()
                .add("a", new int[] {2}, new float[] {0, Float.NaN})
                .add("b", new int[] {1}, new float[] {Float.NEGATIVE_INFINITY})
                .add("c", new int[] {1}, new float[1])
                .write(path);

        assertThat(WeightsInspection.of(path, SCHEMES).warnings())
                .containsExactly(path + ": a: has values that are not finite, and 1 more tensors have");
    }

    @Test
    void warnsOfAmbiguity() throws IOException {
        String body = "\",\"about\":\"t\",\"recognise\":[{\"all\":[\"a\"]}],\"rules\":[{\"from\":\"a\",\"to\":\"b\"}]}";
        Schemes two =
                new Schemes(List.of(Schemes.parse("{\"name\":\"one" + body), Schemes.parse("{\"name\":\"two" + body)));
        Path path = folder.resolve("w");
        new SafetensorsWriter().add("a", new int[] {1}, new float[1]).write(path);
        WeightsInspection inspection = WeightsInspection.of(path, two);

        assertThat(inspection.warnings()).containsExactly(path + ": fits more than one naming scheme: one, two");
        assertThat(inspection.scheme()).isEmpty();
    }

    @Test
    void doesNotReadTheSameBytesAgainAndAgain() throws IOException {
        Path path = folder.resolve("views.pt");
        Files.write(path, views(10)); // 100,000 values in about 41,000 bytes
        assertThat(WeightsInspection.of(path, SCHEMES).warnings()).isEmpty();
        Files.write(path, views(100));
        WeightsInspection inspection = WeightsInspection.of(path, SCHEMES);

        assertThat(inspection.parameters()).isEqualTo(1_000_000);
        assertThat(inspection.warnings())
                .containsExactly(path + ": too many values to look for those that are not finite");
    }

    /** Tensors that all show one storage of 10,000 elements. */
    private static byte[] views(int count) throws IOException {
        StringBuilder pickle = new StringBuilder("\u0080\2}(");
        String storage = "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" + "0X\3\0\0\0cpuM\u0010'tQ";
        for (int i = 0; i < count; i++) {
            pickle.append("X\4\0\0\0").append(1000 + i);
            pickle.append(i == 0 ? "ctorch._utils\n_rebuild_tensor\nq\0(" + storage + "q\1" : "h\0(h\1")
                    .append("K\0M\u0010'\u0085K\1\u0085tR");
        }
        return Fixtures.zip(Map.of("x/data.pkl", Fixtures.latin(pickle + "u."), "x/data/0", new byte[40_000]));
    }
}
