package io.vertebra.datasets.loading;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.images.Box;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Normalization;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Data of these tests: a function makes the samples, and it is counted how often. Labels go round the classes. */
record Made(
        int size,
        String prefix,
        List<String> classNames,
        Optional<Size> imageSize,
        AtomicInteger loads,
        IntFunction<Sample> maker)
        implements Dataset {

    static final Normalization PLAIN = new Normalization(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

    /** Samples of one class. */
    static Made of(int size, String prefix, IntFunction<Sample> maker) {
        return new Made(size, prefix, List.of("a"), Optional.empty(), new AtomicInteger(), maker);
    }

    /** One-pixel pictures whose red is the sample's number, of two classes; those in {@code broken} cannot be read. */
    static Made numbers(int size, Integer... broken) {
        Set<Integer> unreadable = Set.of(broken);
        return new Made(size, "n", List.of("even", "odd"), Optional.empty(), new AtomicInteger(), index -> {
            if (unreadable.contains(index)) {
                throw new DatasetException("n" + index, "is broken");
            }
            return new Sample("n" + index, Raster.of(1, 1, 3, new byte[] {(byte) index, 0, 0}), index % 2);
        });
    }

    /** Picture i is i + 1 high and 2 wide, all its samples and its map's values are i; odd ones have a box of width i. */
    static Made growing(int size) {
        return of(size, "g", Made::grown);
    }

    private static Sample grown(int index) {
        byte[] pixels = new byte[(index + 1) * 6];
        Arrays.fill(pixels, (byte) index);
        byte[] labels = new byte[(index + 1) * 2];
        Arrays.fill(labels, (byte) index);
        List<Instance> objects = index % 2 == 0 ? List.of() : List.of(new Instance(1, 0, new Box(0, 0, index, 1)));
        return new Sample(
                "g" + index,
                Raster.of(index + 1, 2, 3, pixels),
                0,
                new Annotations(objects, Optional.of(LabelMap.of(index + 1, 2, labels))));
    }

    @Override
    public int label(int index) {
        return index % classNames.size();
    }

    @Override
    public String id(int index) {
        return prefix + index;
    }

    @Override
    public Sample load(int index) {
        loads.incrementAndGet();
        return maker.apply(index);
    }
}
