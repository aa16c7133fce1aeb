package io.vertebra.tasks.detection;

import static io.vertebra.tasks.Scenes.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Palette;
import io.vertebra.images.Box;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Scenes;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BoxPictureTest {
    private static final int RED = 0xE51C23;
    private static final Labels LABELS =
            new Labels(List.of("cat", "dog"), new Palette(List.of(0x000000, 0x0000FF, 0x00C800)));
    private static final Raster PHOTO = Scenes.black(200, 400);

    private static Found found(int label, float x1, float y1, float x2, float y2) {
        return new Found(label, 0.875, new Box(x1, y1, x2, y2));
    }

    private static int rgb(BufferedImage image, int x, int y) {
        return image.getRGB(x, y) & 0xFFFFFF;
    }

    /** Colours along the right edge of a box, below its text. */
    private static List<Integer> edge(BufferedImage image, int x, int from, int to) {
        return java.util.stream.IntStream.range(from, to)
                .map(y -> rgb(image, x, y))
                .distinct()
                .sorted()
                .boxed()
                .toList();
    }

    @Test
    void objectsHaveTheColourOfTheirClass() {
        BufferedImage image = new DetectionPrediction(
                        List.of(found(0, 50, 60, 150, 160), found(1, 200, 60, 390, 160)), LABELS)
                .draw(PHOTO, Annotations.NONE);
        assertThat(image.getWidth()).isEqualTo(400);
        assertThat(image.getHeight()).isEqualTo(200);
        assertThat(edge(image, 150, 70, 155)).containsExactly(0x0000FF); // drawn through
        assertThat(edge(image, 50, 70, 155)).containsExactly(0x0000FF);
        assertThat(rgb(image, 100, 160)).isEqualTo(0x0000FF);
        assertThat(edge(image, 390, 70, 155)).containsExactly(0x00C800);
        assertThat(rgb(image, 100, 100)).isZero();
        assertThat(rgb(image, 51, 43)).isEqualTo(0x0000FF); // the ground of the text
        assertThat(rgb(image, 51, 40)).isZero();
    }

    @Test
    void theTextStaysInThePicture() {
        BufferedImage image =
                new DetectionPrediction(List.of(found(0, 50, 0, 150, 160)), LABELS).draw(PHOTO, Annotations.NONE);
        assertThat(rgb(image, 51, 3)).isEqualTo(0x0000FF);
        int white = 0;
        for (int x = 50; x < 150; x++) {
            white += rgb(image, x, 10) == 0xFFFFFF ? 1 : 0;
        }
        assertThat(white).isGreaterThan(0); // white ink on a dark ground
    }

    @Test
    void mistakesAreDashed() {
        Annotations truth = Annotations.of(
                List.of(object(1, 50, 60, 150, 160), object(0, 200, 60, 280, 160), object(0, 300, 60, 390, 160)));
        BufferedImage image = new DetectionPrediction(
                        List.of(found(0, 50, 60, 150, 160), found(0, 300, 60, 390, 160), found(1, 160, 20, 190, 190)),
                        LABELS)
                .draw(PHOTO, truth);
        assertThat(edge(image, 150, 80, 155))
                .contains(0x000000, RED)
                .doesNotContain(0x0000FF, 0x00C800); // another class
        assertThat(edge(image, 190, 40, 180)).contains(0x000000, RED).doesNotContain(0x0000FF, 0x00C800); // not there
        assertThat(edge(image, 280, 80, 155)).contains(0x000000, 0xFFFFFF).doesNotContain(RED); // missed
        assertThat(edge(image, 390, 80, 155)).containsExactly(0x0000FF); // right
    }

    /** Against an empty truth all is false. */
    @Test
    void nothingThereIsATruthToo() {
        Pairing pairing = Pairing.of(List.of(found(0, 50, 60, 150, 160)), List.of(), List.of(0, 1));
        BufferedImage image = BoxPicture.of(PHOTO, pairing, List.of(0, 1), LABELS);
        assertThat(edge(image, 150, 80, 155)).contains(0x000000, RED).doesNotContain(0x0000FF, 0x00C800);
    }

    /** The data's class 0 is the network's 1: its box has that colour where it is found. */
    @Test
    void classesOfTheDataAreTheNetworksByName() {
        Pairing pairing =
                Pairing.of(List.of(found(1, 50, 60, 150, 160)), List.of(object(0, 50, 60, 150, 160)), List.of(1));
        BufferedImage image = BoxPicture.of(PHOTO, pairing, List.of(1), LABELS);
        assertThat(edge(image, 150, 80, 155)).containsExactly(0x00C800);
    }

    @Test
    void smallPhotosAreEnlargedWithTheirBoxes() {
        BufferedImage image = new DetectionPrediction(List.of(found(0, 8, 20, 16, 30)), LABELS)
                .draw(Scenes.black(32, 32), Annotations.NONE);
        assertThat(image.getWidth()).isEqualTo(320);
        assertThat(edge(image, 160, 210, 295)).containsExactly(0x0000FF);
        BufferedImage column = new DetectionPrediction(List.of(found(0, 0, 10_000, 1, 20_000)), LABELS)
                .draw(Scenes.black(20_000, 1), Annotations.NONE);
        assertThat(column.getHeight()).isEqualTo(1024);
        assertThat(rgb(column, 0, 800)).isEqualTo(0x0000FF); // the lower half
        assertThat(rgb(column, 0, 400)).isZero();
    }

    @Test
    void answersAsTextsAndValues() {
        DetectionPrediction two =
                new DetectionPrediction(List.of(found(1, 1, 2, 3.5f, 4), found(0, 0, 0, 9, 9)), LABELS);
        assertThat(two.summary()).isEqualTo("dog 0.88, cat 0.88");
        assertThat(new DetectionPrediction(List.of(), LABELS).summary()).isEqualTo("nothing");
        assertThat(two.columns()).containsExactly("label", "label_name", "score", "x1", "y1", "x2", "y2");
        assertThat(two.rows().get(0)).containsExactly("1", "dog", "0.875000", "1.00", "2.00", "3.50", "4.00");
        assertThat(new DetectionPrediction(List.of(), LABELS).rows()).isEmpty();
        assertThat(two.values())
                .isEqualTo(Map.of(
                        "objects",
                        List.of(
                                Map.of(
                                        "label",
                                        1,
                                        "label_name",
                                        "dog",
                                        "score",
                                        0.875,
                                        "box",
                                        List.of(1f, 2f, 3.5f, 4f)),
                                Map.of(
                                        "label",
                                        0,
                                        "label_name",
                                        "cat",
                                        "score",
                                        0.875,
                                        "box",
                                        List.of(0f, 0f, 9f, 9f)))));
    }
}
