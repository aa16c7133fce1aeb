package io.vertebra.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class DatasetsTest {

    /** Samples named as given, whose class is their first letter, a to c. */
    private record Letters(List<String> ids) implements Dataset {
        @Override
        public int size() {
            return ids.size();
        }

        @Override
        public List<String> classNames() {
            return List.of("a", "b", "c");
        }

        @Override
        public int label(int index) {
            return ids.get(index).charAt(0) - 'a';
        }

        @Override
        public String id(int index) {
            return ids.get(index);
        }

        @Override
        public Sample load(int index) {
            return new Sample(id(index), Pictures.plain(2, 2, index, 0, 0), label(index));
        }

        @Override
        public Optional<Size> imageSize() {
            return Optional.of(new Size(2, 2));
        }
    }

    private static final Dataset DATA = new Letters(List.of("a1", "c1", "b1", "a2", "c2"));

    /** The same with numbers: 10 and one more for each picture, 7, 5 and 3 for the classes. */
    private record Numbers(Letters letters) implements NumberedData {
        @Override
        public int size() {
            return letters.size();
        }

        @Override
        public List<String> classNames() {
            return letters.classNames();
        }

        @Override
        public int label(int index) {
            return letters.label(index);
        }

        @Override
        public String id(int index) {
            return letters.id(index);
        }

        @Override
        public Sample load(int index) {
            return letters.load(index);
        }

        @Override
        public List<Long> categoryIds() {
            return List.of(7L, 5L, 3L);
        }

        @Override
        public long imageId(int index) {
            return 10L + index;
        }
    }

    @Test
    void partsKeepTheNumbersOfPicturesAndClasses() {
        Dataset data = new Numbers(new Letters(List.of("a1", "c1", "b1", "a2", "c2")));
        Dataset some = Datasets.withClasses(data, List.of("c", "a"));
        assertThat(some).isInstanceOfSatisfying(NumberedData.class, part -> {
            assertThat(part.categoryIds()).containsExactly(3L, 7L);
            assertThat(List.of(part.imageId(1), part.imageId(2))).containsExactly(11L, 13L);
            assertThat(part.classNames()).containsExactly("c", "a");
            assertThat(part.label(1)).isZero();
            assertThat(part.load(2).label()).isEqualTo(1);
        });
        Datasets.Split split = Datasets.split(some, 0.5, 1);
        assertThat(split.validation()).isInstanceOfSatisfying(NumberedData.class, part -> {
            assertThat(part.categoryIds()).containsExactly(3L, 7L);
            for (int i = 0; i < part.size(); i++) {
                assertThat(data.id((int) part.imageId(i) - 10)).isEqualTo(part.id(i));
            }
        });
        assertThat(Datasets.withClasses(DATA, List.of("c"))).isNotInstanceOf(NumberedData.class);
    }

    /** Samples without a class a picture. */
    private record Unlabelled(int size) implements AnnotatedDataset {
        @Override
        public List<String> classNames() {
            return List.of();
        }

        @Override
        public String id(int index) {
            return "picture " + index;
        }

        @Override
        public Sample load(int index) {
            return new Sample(id(index), Pictures.plain(2, 2, index, 0, 0), 0);
        }
    }

    @Test
    void splitsDataWithoutAClassAPicture() {
        Datasets.Split split = Datasets.split(new Unlabelled(10), 0.7, 3);
        assertThat(split.training().size()).isEqualTo(7);
        assertThat(split.validation().size()).isEqualTo(3);
        assertThat(ids(split.training())).doesNotContainAnyElementsOf(ids(split.validation()));
    }

    @Test
    void takesTheClassesInTheOrderWanted() {
        Dataset part = Datasets.withClasses(DATA, List.of("c", "a"));
        assertThat(part.classNames()).containsExactly("c", "a");
        assertThat(part.size()).isEqualTo(4);
        assertThat(ids(part)).containsExactly("a1", "c1", "a2", "c2");
        assertThat(List.of(part.label(0), part.label(1))).containsExactly(1, 0);
        assertThat(part.load(1).label()).isZero();
        assertThat(part.load(1).id()).isEqualTo("c1");
        assertThat(part.imageSize()).contains(new Size(2, 2));
        assertThat(Datasets.withClasses(DATA, List.of("a", "b", "c"))).isSameAs(DATA);
    }

    @Test
    void refusesClassesThatAreNotThere() {
        assertThatThrownBy(() -> Datasets.withClasses(DATA, List.of("a", "wasp", "fly")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("classes: the data has no class wasp, fly; it has a, b, c");
        assertThatThrownBy(() -> Datasets.checkClasses(List.of(), List.of("a", "b")))
                .hasMessage("classes: must not be empty; the data has a, b");
        assertThatThrownBy(() -> Datasets.checkClasses(List.of("b", "b"), List.of("a", "b")))
                .hasMessage("classes: a name stands twice in [b, b]");
    }

    @TestFactory
    Stream<DynamicTest> splitsEveryClassInProportionWhateverTheOrder() {
        return Cases.seeded(50, random -> {
            List<String> names = new ArrayList<>();
            int[] counts = new int[3];
            for (int i = 0; i < 3; i++) {
                counts[i] = random.nextInt(30);
                for (int k = 0; k < counts[i]; k++) {
                    names.add((char) ('a' + i) + "/" + k);
                }
            }
            double share = 0.05 + 0.9 * random.nextDouble();
            long seed = random.nextLong();
            Datasets.Split split = Datasets.split(new Letters(List.copyOf(names)), share, seed);
            java.util.Collections.shuffle(names, random);
            Datasets.Split shuffled = Datasets.split(new Letters(List.copyOf(names)), share, seed);

            Set<String> training = new HashSet<>(ids(split.training()));
            Set<String> validation = new HashSet<>(ids(split.validation()));
            assertThat(new HashSet<>(ids(shuffled.training()))).isEqualTo(training);
            assertThat(new HashSet<>(ids(shuffled.validation()))).isEqualTo(validation);
            assertThat(training).doesNotContainAnyElementsOf(validation);
            assertThat(training.size() + validation.size()).isEqualTo(names.size());
            for (int i = 0; i < 3; i++) {
                String letter = String.valueOf((char) ('a' + i));
                long count =
                        training.stream().filter(id -> id.startsWith(letter)).count();
                double wanted = share * counts[i];
                assertThat((double) count).isBetween(wanted - 1, wanted + 1);
                if (counts[i] > 1) {
                    assertThat(count).isBetween(1L, counts[i] - 1L);
                }
            }
            Dataset part = split.training();
            for (int i = 0; i < part.size(); i++) {
                assertThat(part.label(i))
                        .isEqualTo(part.id(i).charAt(0) - 'a')
                        .isEqualTo(part.load(i).label());
            }
        });
    }

    @Test
    void anotherSeedSplitsOtherwiseAndNewFilesMoveNoOldOnes() {
        List<String> names =
                Stream.iterate(0, i -> i + 1).limit(200).map(i -> "a" + i).toList();
        Set<String> first =
                new HashSet<>(ids(Datasets.split(new Letters(names), 0.5, 1).training()));
        assertThat(new HashSet<>(ids(Datasets.split(new Letters(names), 0.5, 2).training())))
                .isNotEqualTo(first);
        List<String> more = Stream.concat(names.stream(), Stream.of("a-new")).toList();
        Set<String> grown =
                new HashSet<>(ids(Datasets.split(new Letters(more), 0.5, 1).training()));
        Set<String> moved = new HashSet<>(first);
        moved.removeAll(grown);
        assertThat(moved).hasSizeLessThanOrEqualTo(1);
        assertThat(Datasets.split(new Letters(names), 0.25, 1).training().size())
                .isEqualTo(50);
    }

    @Test
    void refusesSharesThatLeaveASideEmpty() {
        assertThatThrownBy(() -> Datasets.split(DATA, 0, 1)).hasMessage("split: must lie between 0 and 1, is 0.0");
        assertThatThrownBy(() -> Datasets.split(DATA, 1, 1)).hasMessage("split: must lie between 0 and 1, is 1.0");
    }

    @Test
    void dataSayNothingOfPixelsUnlessTheyCan() {
        assertThat(DATA.pixelClassNames()).isEmpty();
        assertThat(DATA.palette()).isEqualTo(Palette.STANDARD);
        assertThat(DATA.isLabelled()).isTrue();
        assertThat(DATA.annotations(0)).isEqualTo(Annotations.NONE);
        assertThat(DATA.size(0)).contains(new Size(2, 2));
    }

    private static List<String> ids(Dataset data) {
        return Stream.iterate(0, i -> i + 1).limit(data.size()).map(data::id).toList();
    }
}
