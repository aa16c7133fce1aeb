package io.vertebra.datasets;

import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Data sets made from other data sets: fewer or reordered classes, and the two parts of a split. */
public final class Datasets {

    private Datasets() {}

    /** Refuses a list of classes that is empty, repeats a name or names a class that the data lacks; key {@code classes}. */
    public static void checkClasses(List<String> wanted, List<String> found) {
        Check.that(!wanted.isEmpty(), "classes", "must not be empty; the data has %s", String.join(", ", found));
        List<String> missing =
                wanted.stream().filter(name -> !found.contains(name)).toList();
        Check.that(
                missing.isEmpty(),
                "classes",
                "the data has no class %s; it has %s",
                String.join(", ", missing),
                String.join(", ", found));
        Check.distinct("classes", wanted);
    }

    /**
     * The data with the given classes, numbered by their place in the list. Samples of other classes are left out where pictures have
     * classes; so are objects of other classes, and pixels of them are ignored.
     *
     * <p>Label maps follow where their values bear the names of the classes; a value that stands before those of the classes, as background
     * does, stays where it is.
     *
     * @throws IllegalArgumentException as {@link #checkClasses}
     */
    public static Dataset withClasses(Dataset data, List<String> classes) {
        checkClasses(classes, data.classNames());
        if (classes.equals(data.classNames())) {
            return data;
        }
        Renaming renaming = Renaming.of(data, classes);
        int[] indices = IntStream.range(0, data.size())
                .filter(i -> !data.isLabelled() || renaming.label(data.label(i)) >= 0)
                .toArray();
        return part(data, Optional.of(renaming), indices);
    }

    /**
     * Two parts of a data set that was not split by its makers.
     *
     * @param training the larger part, as a rule
     * @param validation the rest
     */
    public record Split(Dataset training, Dataset validation) {}

    /**
     * Splits every class in the same proportion, and data whose pictures have no class as one. A sample's side follows from the seed and its
     * name, not from the order of files; a class of two samples or more has at least one on each side.
     *
     * @param share of the training part, above 0 and below 1
     */
    public static Split split(Dataset data, double share, long seed) {
        Check.that(share > 0 && share < 1, "split", "must lie between 0 and 1, is %s", share);
        List<List<Ranked>> classes = new ArrayList<>();
        int kinds = data.isLabelled() ? data.classNames().size() : 1;
        IntStream.range(0, kinds).forEach(k -> classes.add(new ArrayList<>()));
        for (int i = 0; i < data.size(); i++) {
            classes.get(data.label(i)).add(new Ranked(i, rank(seed, data.id(i)), data.id(i)));
        }
        List<Integer> training = new ArrayList<>();
        List<Integer> validation = new ArrayList<>();
        for (List<Ranked> members : classes) {
            members.sort(Comparator.comparingLong(Ranked::rank).thenComparing(Ranked::id));
            int count = (int) Math.round(share * members.size());
            if (members.size() > 1) {
                count = Math.max(1, Math.min(members.size() - 1, count));
            }
            members.subList(0, count).forEach(member -> training.add(member.index()));
            members.subList(count, members.size()).forEach(member -> validation.add(member.index()));
        }
        return new Split(part(data, training), part(data, validation));
    }

    private static Dataset part(Dataset data, List<Integer> indices) {
        return part(
                data,
                Optional.empty(),
                indices.stream().mapToInt(Integer::intValue).sorted().toArray());
    }

    private static Dataset part(Dataset data, Optional<Renaming> renaming, int[] indices) {
        return data instanceof NumberedData numbered
                ? new NumberedPart(numbered, renaming, indices)
                : new Part(data, renaming, indices);
    }

    /** A sample and its place in a draw by lot. */
    private record Ranked(int index, long rank, String id) {}

    private static long rank(long seed, String id) {
        return CounterRandom.of(
                        id.chars().mapToLong(c -> c).reduce(seed, (hash, c) -> CounterRandom.mix(hash * 31 + c)))
                .nextLong();
    }

    /** Some samples of another data set, perhaps under other labels. */
    private static class Part implements Dataset {
        private final Dataset data;
        private final Optional<Renaming> renaming;
        final int[] indices;

        Part(Dataset data, Optional<Renaming> renaming, int[] indices) {
            this.data = data;
            this.renaming = renaming;
            this.indices = indices;
        }

        @Override
        public int size() {
            return indices.length;
        }

        @Override
        public List<String> classNames() {
            return renaming.map(Renaming::classNames).orElseGet(data::classNames);
        }

        @Override
        public List<String> pixelClassNames() {
            return renaming.map(Renaming::pixelClassNames).orElseGet(data::pixelClassNames);
        }

        @Override
        public Palette palette() {
            return renaming.map(r -> r.palette(data)).orElseGet(data::palette);
        }

        @Override
        public boolean isLabelled() {
            return data.isLabelled();
        }

        @Override
        public int label(int index) {
            int label = data.label(indices[index]);
            return data.isLabelled() && renaming.isPresent() ? renaming.get().label(label) : label;
        }

        @Override
        public String id(int index) {
            return data.id(indices[index]);
        }

        @Override
        public Sample load(int index) {
            Sample sample = data.load(indices[index]);
            return renaming.map(
                            r -> sample.withLabel(label(index)).withAnnotations(r.annotations(sample.annotations())))
                    .orElse(sample);
        }

        @Override
        public Annotations annotations(int index) {
            Annotations found = data.annotations(indices[index]);
            return renaming.map(r -> r.annotations(found)).orElse(found);
        }

        @Override
        public Optional<Size> size(int index) {
            return data.size(indices[index]);
        }

        @Override
        public Optional<Size> imageSize() {
            return data.imageSize();
        }
    }
    /** Some samples of data with numbers of their own, which stay as they are. */
    private static final class NumberedPart extends Part implements NumberedData {
        private final NumberedData data;

        NumberedPart(NumberedData data, Optional<Renaming> renaming, int[] indices) {
            super(data, renaming, indices);
            this.data = data;
        }

        @Override
        public List<Long> categoryIds() {
            List<String> old = data.classNames();
            return classNames().stream()
                    .map(name -> data.categoryIds().get(old.indexOf(name)))
                    .toList();
        }

        @Override
        public long imageId(int index) {
            return data.imageId(indices[index]);
        }
    }
}
