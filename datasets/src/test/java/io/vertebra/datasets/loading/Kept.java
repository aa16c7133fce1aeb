package io.vertebra.datasets.loading;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Target;
import io.vertebra.datasets.TargetArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What a batch holds, for keeping: its arrays are used again. */
record Kept(
        long epoch,
        int index,
        int valid,
        int height,
        List<Integer> indices,
        List<Integer> labels,
        List<Float> input,
        List<Float> soft,
        List<Object> targets,
        List<Object> rows) {

    static Kept of(Batch batch) {
        List<Object> targets = new ArrayList<>();
        for (TargetArray target : batch.targets().values()) {
            targets.add(target.name());
            targets.add(target.extents());
            targets.add(target.type() == Target.Type.I32 ? ints(target.ints()) : floats(target.floats()));
        }
        List<Object> rows = new ArrayList<>();
        for (int row = 0; row < batch.valid(); row++) {
            rows.add(List.of(batch.annotations(row), batch.placement(row), batch.pictureSize(row)));
        }
        return new Kept(
                batch.epoch(),
                batch.index(),
                batch.valid(),
                batch.height(),
                ints(batch.indices()),
                ints(batch.labels()),
                floats(batch.input()),
                floats(batch.softLabels().orElse(new float[0])),
                targets,
                rows);
    }

    /** The next batches. */
    static List<Kept> take(Loader loader, int count) {
        List<Kept> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batches.add(of(loader.next()));
        }
        return batches;
    }

    /** All of an epoch. */
    static List<Kept> epoch(Loader loader) {
        List<Kept> batches = new ArrayList<>();
        loader.seek(0, 0);
        for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
            batches.add(of(batch));
        }
        return batches;
    }

    private static List<Integer> ints(int... values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static List<Float> floats(float... values) {
        return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
    }
}
