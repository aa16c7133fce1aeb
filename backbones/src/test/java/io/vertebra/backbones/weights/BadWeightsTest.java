package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of shared/data/bad_inputs that concerns weights. */
class BadWeightsTest {

    static List<String[]> rows() {
        List<String[]> rows = new ArrayList<>();
        for (JsonNode row : Fixtures.json(Fixtures.shared("data/bad_inputs/manifest.json"))) {
            if (row.get("file").asText().startsWith("weights/")) {
                rows.add(new String[] {
                    row.get("file").asText(), row.get("expect").asText()
                });
            }
        }
        return rows;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rows")
    void givesWhatTheManifestSays(String file, String expect) {
        Path path = Fixtures.shared("data/bad_inputs").resolve(file);

        if (expect.equals("accept")) {
            assertThat(WeightsInspection.of(path, Schemes.builtIn()).warnings()).isEmpty();
        } else if (expect.equals("reject")) {
            assertThat(refusal(path)).isNotNull();
        } else {
            WeightsException refusal = refusal(path);
            if (refusal == null) {
                assertThat(WeightsInspection.of(path, Schemes.builtIn()).warnings())
                        .isNotEmpty()
                        .allMatch(w -> w.startsWith(path + ": "));
            }
        }
    }

    @Test
    void leavesNothingOfTheArchivesThatWantToEscape() {
        refusal(Fixtures.shared("data/bad_inputs/weights/zip_slip.pt"));

        assertThat(Files.exists(Path.of("/tmp/vertebra_zip_slip.txt"))).isFalse();
        assertThat(Files.exists(Path.of("/tmp/vertebra_zip_slip_abs.txt"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "os_system_legacy.pt|pickle at offset 2: global os.system is not on the allow list",
                "os_system_zip.pt|archive/data.pkl at offset 22: global posix.system is not on the allow list",
                "eval_zip.pt|archive/data.pkl at offset 22: global __builtin__.eval is not on the allow list",
                "getattr_chain.pt|archive/data.pkl at offset 2: global builtins.getattr is not on the allow list",
                "pickle_truncated.pt|archive/data.pkl at offset 19: pickle ends early",
                "zip_duplicate_entry.pt|zip entry archive/data.pkl: duplicate entry",
                "zip_slip.pt|zip entry ../../../../tmp/vertebra_zip_slip.txt: entry name leaves the archive",
                "zip_bomb_40MB.pt|zip entry archive/data/0: compressed entry (method 8)",
                "truncated_zip.pt|zip: truncated archive",
                "text.pt|looks like a Git LFS pointer: the file itself was not downloaded",
                "html.safetensors|looks like an HTML page",
                "object_array.npy|looks like a NumPy array",
                "bad_btree.h5|HDF5 file is damaged, truncated or of a kind that is not read",
                "truncated.h5|HDF5 file is damaged, truncated or of a kind that is not read",
                "signature_only.h5|HDF5 file is truncated: 8 bytes",
                "bad_superblock.h5|HDF5 file is damaged, truncated or of a kind that is not read",
                "empty.safetensors|file is empty",
                "seven_bytes.safetensors|file is too short for a header: 7 bytes",
                "offset_overflow.safetensors|tensor b: bad data_offsets: 9223372036854775808 is no whole number of 64 bits",
                "shape_overflow.safetensors|tensor a: shape [65536, 65536, 65536, 65536] is too large",
                "header_length_negative.safetensors|header: too large: 18446744073709551611 bytes",
            })
    void namesTheFault(String file, String complaint) {
        Path path = Fixtures.shared("data/bad_inputs/weights").resolve(file);

        assertThat(refusal(path)).hasMessageStartingWith(path + ": " + complaint);
    }

    private static WeightsException refusal(Path path) {
        WeightsException refusal =
                catchThrowableOfType(WeightsException.class, () -> WeightsInspection.of(path, Schemes.builtIn()));
        if (refusal != null) {
            assertThat(refusal.getMessage())
                    .startsWith(path + ": ")
                    .doesNotContain("\n")
                    .hasSizeLessThan(900);
        }
        return refusal;
    }
}
