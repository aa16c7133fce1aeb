package io.vertebra.datasets.formats.voc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.lint.FindingList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocReaderTest {

    private static final String SIZE = "<size><width>%s</width><height>%s</height></size>";
    /** A box one pixel wide, of which is told unless the object is left out before. */
    private static final String BOX = "<bndbox><xmin>2</xmin><ymin>1</ymin><xmax>2</xmax><ymax>3</ymax></bndbox>";

    private static final String NARROW = "object 1: warning: degenerate box 2, 1, 2, 3, one pixel wide or high";

    private final FindingList faults = new FindingList();

    @TempDir
    private Path root;

    private VocFile read(String text) throws IOException {
        Path file = Files.writeString(root.resolve("x.xml"), "<annotation>" + text + "</annotation>");
        return VocReader.read(file, List.of("cat", "dog"), faults.in("x"));
    }

    private String findings() {
        return faults.findings().stream()
                .map(finding -> finding.toString().substring("x: ".length()))
                .collect(Collectors.joining(" & "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 1 | true",
                "1048576 | 1 | true",
                "1 | 1048576 | true",
                "0 | 1 | false",
                "1 | 0 | false",
                "1 | 1048577 | false",
                "1 | 1.5 | false",
            })
    void sidesAreWholeAndWithinReason(String width, String height, boolean is) throws IOException {
        VocFile read = read(SIZE.formatted(width, height));
        assertThat(read.size().map(Object::toString))
                .isEqualTo(is ? Optional.of(height + "x" + width) : Optional.empty());
        assertThat(findings())
                .isEqualTo(
                        is
                                ? ""
                                : "warning: says the size %sx%s; that of the picture is taken & warning: says neither a size nor an object"
                                        .formatted(width, height));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<object><name>cat</name></object> | object 1: bndbox missing",
                "<object><name> </name>BOX</object> | object 1: its name is empty",
                "<object>BOX</object> | object 1: its name is empty",
                "<object><name>cow</name>BOX</object> | object 1: unknown class 'cow'; the classes are cat, dog",
                "<object><name>Dog </name>BOX</object> | object 1: unknown class 'Dog '; did you mean 'dog'?",
            })
    void anObjectHasABoxAndANameThatIsKnown(String object, String finding) throws IOException {
        assertThat(read(object.replace("BOX", BOX)).objects()).isEmpty();
        assertThat(findings()).isEqualTo(finding);
    }

    @Test
    void aNarrowBoxIsKept() throws IOException {
        assertThat(read("<object><name>dog</name><difficult> 1 </difficult>" + BOX + "</object>")
                        .objects())
                .containsExactly(new VocFile.Item(1, "dog", 2, 1, 2, 3, true));
        assertThat(findings()).isEqualTo(NARROW);
    }

    @Test
    void namesOfElementsAreBounded() throws IOException {
        String name = "a".repeat(815);
        String deep = ("<" + name + ">").repeat(5) + "%s" + ("</" + name + ">").repeat(5);
        read(SIZE.formatted(1, 1) + deep.formatted("<aaaa/>")); // 11 + 5 · 816 + 5 = 4096 characters
        assertThat(findings()).isEmpty();
        assertThatThrownBy(() -> read(deep.formatted("<aaaaa/>")))
                .hasMessageEndingWith("nests more than 32 elements deep");
    }
}
