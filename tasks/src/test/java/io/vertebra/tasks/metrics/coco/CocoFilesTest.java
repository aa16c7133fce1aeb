package io.vertebra.tasks.metrics.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertebra.datasets.DatasetException;
import io.vertebra.images.Mask;
import io.vertebra.images.PackedMask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CocoFilesTest {

    private static final String IMAGES = "\"images\":[{\"id\":1,\"height\":4,\"width\":5},{\"id\":2.0}]";
    private static final String CATEGORIES = "\"categories\":[{\"id\":3,\"name\":\"cat\",\"x\":[1]},{\"id\":4}]";
    private static final String OBJECT =
            "{'id':9,'image_id':1,'category_id':3,'bbox':[0,0,2,2],'area':4,'segmentation':[[0,0,2,0,2,2,0,2]]}";

    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("f.json"), text.replace('\'', '"'));
    }

    private CocoTruth truth(String annotations, CocoKind kind) throws IOException {
        return CocoFiles.truth(file("{" + IMAGES + ",'annotations':[" + annotations + "]," + CATEGORIES + "}"), kind);
    }

    private DatasetException refused(String annotations, CocoKind kind) {
        return catchThrowableOfType(DatasetException.class, () -> truth(annotations, kind));
    }

    @ParameterizedTest
    @EnumSource(CocoKind.class)
    void readsInAnyOrder(CocoKind kind) throws IOException {
        CocoTruth expected = truth(OBJECT, kind);
        CocoTruth late = CocoFiles.truth(
                file("{'info':{'a':[{}]},'annotations':[" + OBJECT + "]," + CATEGORIES + "," + IMAGES + "}"), kind);
        assertThat(late.annotations()).isEqualTo(expected.annotations()).hasSize(1);
        assertThat(late.images())
                .isEqualTo(expected.images())
                .containsExactly(new CocoTruth.Image(1, 4, 5), new CocoTruth.Image(2, 0, 0));
        assertThat(late.categories())
                .isEqualTo(expected.categories())
                .containsExactly(new CocoTruth.Category(3, "cat"), new CocoTruth.Category(4, "category 4"));
        assertThat(late.annotations().get(0).mask().isPresent()).isEqualTo(kind == CocoKind.MASK);
    }

    @Test
    void readsEveryFormOfMask() throws IOException {
        String form = "{'id':%d,'image_id':1,'category_id':3,'iscrowd':%s,'area':4,'segmentation':%s}";
        CocoTruth truth = truth(
                form.formatted(1, "0", "[[0,0,2,0,2,2,0,2],[3,3,4,3,4,4,3,4]]") + ","
                        + form.formatted(2, "1", "{'size':[4,5],'counts':[0,2,2,2,14]}") + ","
                        + form.formatted(3, "true", "{'counts':'0220<','size':[4,5]}") + ","
                        + form.formatted(4, "false", "[]"),
                CocoKind.MASK);
        Mask mask = Mask.ofRuns(4, 5, 0, 2, 2, 2, 14);
        assertThat(truth.annotations().get(0).mask()).contains(mask.union(Mask.ofRuns(4, 5, 15, 1, 4)));
        assertThat(truth.annotations().get(1).mask()).contains(mask);
        assertThat(truth.annotations().get(2).mask()).contains(mask);
        assertThat(truth.annotations().get(3).mask()).contains(Mask.ofRuns(4, 5, 20));
        assertThat(truth.annotations().stream().map(CocoTruth.Annotation::crowd))
                .containsExactly(false, true, true, false);
        assertThat(truth.annotations().get(0).width()).isZero();
    }

    @Test
    void aMaskIsNotLookedAtWhereBoxesAreCompared() throws IOException {
        assertThat(truth(OBJECT.replace("[[0,0,2,0,2,2,0,2]]", "[{}]"), CocoKind.BOX)
                        .annotations())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'id':9|'id':9,'id':9|BOX|has the key 'id' twice",
                "'id':9|'id':8|BOX|another annotation has the same id",
                "'image_id':1,||BOX|image_id missing",
                "'category_id':3,||BOX|category_id missing",
                "'area':4,||BOX|area missing",
                "'area':4|'area':1e999|BOX|area must be a finite number from 0 on",
                "'area':4|'area':null|BOX|area missing",
                "[0,0,2,2]|[]|BOX|bbox missing",
                "[0,0,2,2]|null|BOX|bbox missing",
                "[0,0,2,2]|[0,0,2]|BOX|bbox needs 4 numbers, has 3",
                "[0,0,2,2]|[0,0,2,2,2]|BOX|bbox needs 4 numbers, has 5",
                "[0,0,2,2]|[0,0,2,1e10]|BOX|bbox is not finite or out of range",
                "[0,0,2,2]|[0,0,2,'2']|BOX|bbox must hold numbers",
                "[0,0,2,2]|7|BOX|bbox must be a list of four numbers",
                "'area':4|'area':4,'iscrowd':'x'|BOX|iscrowd must be 0 or 1",
                ",'segmentation':[[0,0,2,0,2,2,0,2]]||MASK|segmentation missing",
                "[[0,0,2,0,2,2,0,2]]|null|MASK|segmentation missing",
                "[[0,0,2,0,2,2,0,2]]|[[0,0,2,0]]|MASK|a polygon needs at least 6 numbers, has 4",
                "[[0,0,2,0,2,2,0,2]]|[0,0,2,0,2,2,0,2]|MASK|segmentation must be a list of polygons",
                "[[0,0,2,0,2,2,0,2]]|7|MASK|segmentation must be a list of polygons or run lengths",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5]}|MASK|RLE needs counts, a list of numbers or a text",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5],'counts':7}|MASK|RLE needs counts, a list of numbers or a text",
                "[[0,0,2,0,2,2,0,2]]|{'counts':[20]}|MASK|RLE needs a size of two numbers",
                "[[0,0,2,0,2,2,0,2]]|{'size':4,'counts':[20]}|MASK|RLE needs a size of two numbers",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5],'counts':[20],'counts':'d0'}|MASK|RLE has the key 'counts' twice",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5],'counts':[3000000000]}|MASK|RLE counts holds a number out of range",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5],'counts':[21,-1]}|MASK|RLE has the negative count -1",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5],'counts':[19]}|MASK|RLE covers 19 of 20 pixels",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5],'counts':'0'}|MASK|bad RLE text (mask: runs of 0 pixels do not fill 4x5)",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5],'counts':'\u01640'}|MASK|bad RLE text (mask: character 1 is no part of a mask)",
                "[[0,0,2,0,2,2,0,2]]|{'size':[5,4],'counts':[20]}|MASK|RLE size [5, 4] differs from the image's [4, 5] (height, width)",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,6],'counts':'h0'}|MASK|RLE size [4, 6] differs from the image's [4, 5] (height, width)",
                "'image_id':1|'image_id':2|MASK|image 2 has no height and width"
            })
    void refusesAnnotationsWithoutSense(String from, String to, CocoKind kind, String reason) {
        String row = OBJECT.replace(from, to == null ? "" : to);
        assertThat(row).isNotEqualTo(OBJECT);
        DatasetException fault = refused(OBJECT.replace("'id':9", "'id':8") + "," + row, kind);
        assertThat(fault.reason()).isEqualTo(reason);
        assertThat(fault.position()).isEqualTo(row.contains("'id':8") ? "annotation 8" : "annotation 9");
        assertThat(fault.file()).isEqualTo(folder.resolve("f.json").toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'images':[{}]|images[0]: id missing",
                "'images':[{'id':1},{'id':1}]|image 1: an earlier image has the same id",
                "'images':[{'id':1,'height':-1,'width':1}]|image 1: has the invalid size 1x-1",
                "'images':[{'id':1,'height':5}]|image 1: width missing",
                "'images':[{'id':1,'width':5}]|image 1: height missing",
                "'images':[{'id':1,'height':1048577,'width':1}]|image 1: has the invalid size 1x1048577",
                "'images':[{'id':1,'height':262144,'width':683}]|image 1: has the invalid size 683x262144",
                "'images':[7]|images[0]: must be an object",
                "'images':{}|'images' must be a list",
                "'images':[],'images':[]|has the key 'images' twice",
                "'categories':[{'name':'x'}]|categories[0]: id missing",
                "'categories':[{'id':1},{'id':1}]|category 1: an earlier category has the same id",
                "'a':1|has no key 'images'",
                "'images':[],'annotations':[]|has no key 'categories'",
                "'images':[],'categories':[]|has no key 'annotations'"
            })
    void refusesFilesWithoutSense(String content, String message) throws IOException {
        Path file = file("{" + content + "}");
        DatasetException fault =
                catchThrowableOfType(DatasetException.class, () -> CocoFiles.truth(file, CocoKind.BOX));
        assertThat(fault).hasMessage(file + ": " + message);
    }

    @Test
    void sizesThatAreRightAtTheLimitAreTaken() throws IOException {
        Path file = file("{'images':[{'id':1,'height':1048576,'width':1},{'id':2,'height':170,'width':1048576}],"
                + "'annotations':[]," + CATEGORIES + "}");
        assertThat(CocoFiles.truth(file, CocoKind.MASK).images())
                .containsExactly(new CocoTruth.Image(1, 1 << 20, 1), new CocoTruth.Image(2, 170, 1 << 20));
    }

    @Test
    void controlCharactersOfANameDoNotReachATable() throws IOException {
        Path file = file(
                "{'images':[],'annotations':[],'categories':[{'id':1,'name':'a\\u001b\\n" + "b".repeat(60) + "'}]}");
        assertThat(CocoFiles.truth(file, CocoKind.BOX).categories())
                .containsExactly(new CocoTruth.Category(1, "a??" + "b".repeat(37) + "..."));
    }

    private DatasetException refusedResults(String rows, CocoKind kind) throws IOException {
        CocoTruth truth = truth(OBJECT, kind);
        Path file = file(rows);
        return catchThrowableOfType(DatasetException.class, () -> CocoFiles.results(file, truth, kind));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'image_id':1,'category_id':3,'bbox':[0,0,1,1]}|BOX|results[0]: has no score; are these results?",
                "{'image_id':7,'category_id':3,'bbox':[0,0,1,1],'score':1}|BOX|results[0]: image_id 7 does not exist in the truth",
                "{'category_id':3,'bbox':[0,0,1,1],'score':1}|BOX|results[0]: image_id missing",
                "{'image_id':1,'category_id':3,'score':1}|BOX|results[0]: bbox missing",
                "{'image_id':1,'category_id':3,'bbox':[0,0,1,1],'score':1}|MASK|results[0]: segmentation missing",
                "{'image_id':1,'category_id':3,'bbox':[0,0,1,1],'score':1e999}|BOX|results[0]: score must be a finite number",
                "{'image_id':1,'category_id':3,'segmentation':{'size':[4,5],'counts':'0'},'score':1}"
                        + "|MASK|results[0]: bad RLE text (mask: runs of 0 pixels do not fill 4x5)"
            })
    void refusesResultsWithoutSense(String row, CocoKind kind, String message) throws IOException {
        assertThat(refusedResults("[" + row + "]", kind)).hasMessage(folder.resolve("f.json") + ": " + message);
    }

    @Test
    void resultsAreAList() throws IOException {
        assertThat(refusedResults("{}", CocoKind.BOX).reason()).startsWith("is no list of results");
    }

    @Test
    void masksGiveBoxesWhereThereAreNone() throws IOException {
        CocoTruth truth = truth(OBJECT, CocoKind.BOX);
        String mask = "{'image_id':1,'category_id':3,'score':0.5,'segmentation':{'size':[4,5],'counts':[5,2,13]}";
        CocoResults results = CocoFiles.results(
                file("[" + mask + "}," + mask + ",'bbox':[0,0,3,4]}," + mask + ",'bbox':[]}]"), truth, CocoKind.BOX);
        assertThat(Stream.of(0, 1, 2).map(results::area)).containsExactly(2.0, 12.0, 2.0);
        assertThat(results.box(0, 0)).isEqualTo(1);
        CocoTruth masked = truth(OBJECT, CocoKind.MASK);
        CocoResults both = CocoFiles.results(file("[" + mask + ",'bbox':[0,0,3,4]}]"), masked, CocoKind.MASK);
        assertThat(both.area(0)).isEqualTo(12);
        assertThat(both.mask(0).unpacked()).isEqualTo(Mask.ofRuns(4, 5, 5, 2, 13));
    }

    @Test
    void writesCocosForm() throws IOException {
        CocoResults results = new CocoResults();
        results.add(1, 3, 0.5, 1, 2, 3, 0.25);
        results.add(2, 4, PackedMask.of(Mask.ofRuns(4, 5, 5, 2, 13)), 1);
        Path file = folder.resolve("out.json");
        CocoFiles.write(file, results);
        assertThat(Files.readString(file))
                .isEqualTo(
                        "[{\"image_id\":1,\"category_id\":3,\"bbox\":[0.5,1.0,2.0,3.0],\"score\":0.25},"
                                + "{\"image_id\":2,\"category_id\":4,\"segmentation\":{\"size\":[4,5],\"counts\":\"52=\"},\"score\":1.0}]");
    }
}
