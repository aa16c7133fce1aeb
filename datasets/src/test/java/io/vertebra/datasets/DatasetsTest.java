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
    void exceptionsNameFilePositionAndReason() {
        DatasetException fault = new DatasetException("a.bin", "record 3", "label 11 is not in 0..9", null);
        assertThat(fault).hasMessage("a.bin: record 3: label 11 is not in 0..9");
        assertThat(List.of(fault.file(), fault.position(), fault.reason()))
                .containsExactly("a.bin", "record 3", "label 11 is not in 0..9");
        assertThat(new DatasetException("a.bin", "is empty")).hasMessage("a.bin: is empty");
        assertThat(new DatasetException("a.bin", "is empty").position()).isEmpty();
    }

    private static List<String> ids(Dataset data) {
        return Stream.iterate(0, i -> i + 1).limit(data.size()).map(data::id).toList();
    }
}
