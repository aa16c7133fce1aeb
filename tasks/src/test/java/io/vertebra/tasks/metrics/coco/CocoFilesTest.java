package io.vertebra.tasks.metrics.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertebra.datasets.DatasetException;
import io.vertebra.images.Mask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
                "'id':9|'id':9,'id':9|BOX|has the key id twice",
                "'id':9,||BOX|has no id",
                "'id':9|'id':'9'|BOX|id is no number",
                "'id':9|'id':9.5|BOX|id 9.5 is no whole number of usual size",
                "'id':9|'id':123456789012345678901|BOX|id 1.2345678901234568E20 is no whole number of usual size",
                "'image_id':1,||BOX|has no image_id",
                "'category_id':3,||BOX|has no category_id",
                "'area':4,||BOX|id 9 has no area, which decides its class of size",
                "'area':4|'area':1e999|BOX|area is out of range",
                "'area':4|'area':null|BOX|area is no number",
                "[0,0,2,2]|[]|BOX|id 9 has no bbox",
                "[0,0,2,2]|[0,0,2]|BOX|bbox has 3 numbers instead of four",
                "[0,0,2,2]|[0,0,2,2,2]|BOX|bbox has more than four numbers",
                "[0,0,2,2]|[0,0,2,1e10]|BOX|bbox is out of range",
                "[0,0,2,2]|[0,0,2,'2']|BOX|bbox is no number",
                "[0,0,2,2]|7|BOX|bbox is no list of four numbers",
                "'area':4|'area':4,'iscrowd':'x'|BOX|iscrowd is no number",
                ",'segmentation':[[0,0,2,0,2,2,0,2]]||MASK|id 9 has no segmentation",
                "[[0,0,2,0,2,2,0,2]]|[[0,0,2,0]]|MASK|segmentation: polygon: 4 numbers do not make at least three corners",
                "[[0,0,2,0,2,2,0,2]]|[0,0,2,0,2,2,0,2]|MASK|segmentation holds a polygon that is no list",
                "[[0,0,2,0,2,2,0,2]]|7|MASK|segmentation is neither a list of polygons nor an object of size and counts",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5]}|MASK|segmentation needs size and counts, each once",
                "[[0,0,2,0,2,2,0,2]]|{'counts':[20]}|MASK|segmentation needs size and counts, each once",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5],'counts':[20],'counts':'d0'}|MASK|segmentation needs size and counts, each once",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5],'counts':7}|MASK|segmentation.counts is neither a list nor a text",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4],'counts':[20]}|MASK|segmentation.size is no list of height and width",
                "[[0,0,2,0,2,2,0,2]]|{'size':4,'counts':[20]}|MASK|segmentation.size is no list of height and width",
                "[[0,0,2,0,2,2,0,2]]|{'size':[0,5],'counts':[20]}|MASK|segmentation.size is no list of height and width",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,0],'counts':[20]}|MASK|segmentation.size is no list of height and width",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5],'counts':[-1]}|MASK|segmentation.counts holds -1",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5],'counts':[3000000000]}|MASK|segmentation.counts holds 3000000000",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,5],'counts':[19]}|MASK|segmentation: mask: runs of 19 pixels do not fill 4x5",
                "[[0,0,2,0,2,2,0,2]]|{'size':[5,4],'counts':[20]}|MASK|has a mask of 5x4, image 1 is 4x5",
                "[[0,0,2,0,2,2,0,2]]|{'size':[4,6],'counts':[24]}|MASK|has a mask of 4x6, image 1 is 4x5",
                "'image_id':1|'image_id':2|MASK|is of image 2, which has no height and width"
            })
    void refusesAnnotationsWithoutSense(String from, String to, CocoKind kind, String reason) {
        String row = OBJECT.replace(from, to == null ? "" : to);
        assertThat(row).isNotEqualTo(OBJECT);
        DatasetException fault = refused(OBJECT.replace("'id':9", "'id':8") + "," + row, kind);
        assertThat(fault.reason()).isEqualTo(reason);
        assertThat(fault.position()).isEqualTo("annotations[1]");
        assertThat(fault.file()).isEqualTo(folder.resolve("f.json").toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'images':[{}]|images[0]: has no id",
                "'images':[{'id':1},{'id':1}]|images[1]: has the id 1 of another one",
                "'images':[{'id':1,'height':-1,'width':-1}]|images[0]: has the size -1x-1",
                "'images':[{'id':1,'height':-1,'width':1}]|images[0]: has the size -1x1",
                "'images':[{'id':1,'height':5}]|images[0]: has the size 5x0",
                "'images':[{'id':1,'height':1048577,'width':1}]|images[0]: has the size 1048577x1",
                "'images':[{'id':1,'height':1,'width':1048577}]|images[0]: has the size 1x1048577",
                "'images':[{'id':1,'height':178956971,'width':1}]|images[0]: has the size 178956971x1",
                "'images':[{'id':1,'height':262144,'width':683}]|images[0]: has the size 262144x683",
                "'images':[7]|images[0]: is no object",
                "'images':{}|line 1, column 12: images is no list",
                "'images':[],'images':[]|line 1, column 24: has the key images twice",
                "'categories':[{'name':'x'}]|categories[0]: has no id",
                "'categories':[{'id':1},{'id':1}]|categories[1]: has the id 1 of another one",
                "'annotations':[{'image_id':1,'category_id':1,'id':1,'area':1,'bbox':[0,0,1,1]},{'image_id':1,'category_id':1,'id':1}]"
                        + "|annotations[1]: has the id 1 of another one",
                "'a':NaN|line 1, column 6: is no well-formed JSON",
                "'a':[|line 1, column 7: is no well-formed JSON",
                "'a':1|has no list images; is this a file of instances?",
                "'images':[],'annotations':[]|has no list categories; is this a file of instances?",
                "'images':[],'categories':[]|has no list annotations; is this a file of instances?"
            })
    void refusesFilesWithoutSense(String content, String message) throws IOException {
        Path file = file("{" + content + "}");
        DatasetException fault =
                catchThrowableOfType(DatasetException.class, () -> CocoFiles.truth(file, CocoKind.BOX));
        assertThat(fault).isNotNull();
        assertThat(fault.getMessage().replaceAll("line 1, column \\d+: is no well", "line 1, column 6: is no well"))
                .isEqualTo(file + ": " + message.replaceAll("column 7: is no well", "column 6: is no well"));
    }

    @Test
    void refusesWhatIsNoSuchFile() throws IOException {
        assertThatThrownBy(() -> CocoFiles.truth(folder.resolve("absent"), CocoKind.BOX))
                .hasMessage(folder.resolve("absent") + ": does not exist");
        assertThatThrownBy(() -> CocoFiles.truth(folder, CocoKind.BOX)).hasMessage(folder + ": is not a plain file");
        Path list = file("[]");
        assertThatThrownBy(() -> CocoFiles.truth(list, CocoKind.BOX))
                .hasMessage(
                        list
                                + ": is a list, as results are; the truth is an object with images, annotations and categories");
        assertThatThrownBy(() -> CocoFiles.truth(file("7"), CocoKind.BOX))
                .hasMessage(list + ": is no object with images, annotations and categories");
        assertThatThrownBy(() -> CocoFiles.truth(file(""), CocoKind.BOX)).isInstanceOf(DatasetException.class);
        assertThatThrownBy(
                        () -> CocoFiles.truth(file("{'images':[],'annotations':[],'categories':[]} {}"), CocoKind.BOX))
                .hasMessageEndingWith("goes on after its end");
        assertThatThrownBy(() -> CocoFiles.truth(file("{'a':" + "[".repeat(64) + "]".repeat(64) + "}"), CocoKind.BOX))
                .hasMessageEndingWith("is nested deeper than 64, or holds a text or number that is far too long");
        Path latin = Files.write(list, "{\"é\":1}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> CocoFiles.truth(latin, CocoKind.BOX)).isInstanceOf(DatasetException.class);
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
                "{'image_id':7,'category_id':3,'bbox':[0,0,1,1],'score':1}|BOX|results[0]: is of image 7, which the truth does not have",
                "{'category_id':3,'bbox':[0,0,1,1],'score':1}|BOX|results[0]: has no image_id",
                "{'image_id':1,'category_id':3,'score':1}|BOX|results[0]: has neither bbox nor segmentation",
                "{'image_id':1,'category_id':3,'bbox':[0,0,1,1],'score':1}|MASK|results[0]: has no segmentation; boxes alone are compared as bbox",
                "{'image_id':1,'category_id':3,'bbox':[0,0,1,1],'score':1e999}|BOX|results[0]: score is out of range",
                "{'image_id':1,'category_id':3,'segmentation':{'size':[4,5],'counts':'0'},'score':1}"
                        + "|MASK|results[0]: segmentation: mask: runs of 0 pixels do not fill 4x5"
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
        assertThat(both.mask(0)).isEqualTo(Mask.ofRuns(4, 5, 5, 2, 13));
    }

    @Test
    void writesCocosForm() throws IOException {
        CocoResults results = new CocoResults();
        results.add(1, 3, 0.5, 1, 2, 3, 0.25);
        results.add(2, 4, Mask.ofRuns(4, 5, 5, 2, 13), 1);
        Path file = folder.resolve("out.json");
        CocoFiles.write(file, results);
        assertThat(Files.readString(file))
                .isEqualTo(
                        "[{\"image_id\":1,\"category_id\":3,\"bbox\":[0.5,1.0,2.0,3.0],\"score\":0.25},"
                                + "{\"image_id\":2,\"category_id\":4,\"segmentation\":{\"size\":[4,5],\"counts\":\"52=\"},\"score\":1.0}]");
    }

    @Test
    void controlCharactersDoNotReachAMessage() {
        assertThat(CocoJson.shown("a\u001b\n" + "b".repeat(60))).isEqualTo("a??" + "b".repeat(37) + "...");
    }
}
