package io.vertebra.tasks;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.graph.op.Shape;
import io.vertebra.heads.Model;
import io.vertebra.images.Box;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Normalization;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Pictures of noise with every kind of truth: a class, a class for each pixel, some boxes. */
public final class RandomBatch {
    private static final int OBJECTS = 8;

    private final Problem problem;
    private final Batch batch;

    /** As many pictures as the shape (N, 3, H, W) says, with targets as the problem wants them. */
    public RandomBatch(Shape image, Problem problem, Model model) {
        this(image, problem, model, false);
    }

    /**
     * The same.
     *
     * @param asSamples whether it keeps bytes, which become numbers by ImageNet's constants
     */
    public RandomBatch(Shape image, Problem problem, Model model, boolean asSamples) {
        this.problem = problem;
        SplittableRandom random = new SplittableRandom(1);
        Size size = new Size(image.h(), image.w());
        int classes = model.heads().values().stream()
                .mapToInt(h -> h.task().equals("detection") ? h.classes() - 1 : h.classes())
                .min()
                .orElseThrow();
        batch = asSamples
                ? Batch.ofSamples(image.n(), size.height(), size.width(), classes, Normalization.IMAGENET.table())
                : new Batch(image.n(), size.height(), size.width(), classes, false);
        batch.reshape(size, problem.targets().targets(size));
        if (asSamples) {
            random.nextBytes(batch.samples().orElseThrow());
        } else {
            for (int i = 0; i < batch.input().length; i++) {
                batch.input()[i] = (float) random.nextDouble(-2, 2);
            }
        }
        Raster blank = Raster.of(size.height(), size.width(), 3, new byte[3 * size.height() * size.width()]);
        for (int row = 0; row < image.n(); row++) {
            Annotations truth =
                    new Annotations(objects(size, classes, random), Optional.of(map(size, classes, random)));
            Sample sample = new Sample("noise", blank, random.nextInt(classes), truth);
            batch.describe(row, sample, row, problem.targets());
        }
        batch.fill(0, 0, image.n());
    }

    private static List<Instance> objects(Size size, int classes, SplittableRandom random) {
        return IntStream.range(0, OBJECTS)
                .mapToObj(i -> {
                    float x = (float) random.nextDouble(0.7) * size.width();
                    float y = (float) random.nextDouble(0.7) * size.height();
                    Box box = new Box(x, y, x + 0.3f * size.width(), y + 0.3f * size.height());
                    return new Instance(i + 1, random.nextInt(classes), box);
                })
                .toList();
    }

    private static LabelMap map(Size size, int classes, SplittableRandom random) {
        byte[] values = new byte[size.height() * size.width()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) random.nextInt(Math.min(255, classes));
        }
        return LabelMap.of(size.height(), size.width(), values);
    }

    /** The batch as a loader would give it. */
    public Batch batch() {
        return batch;
    }

    /** Everything that a training graph takes. */
    public io.vertebra.graph.engine.Batch feed() {
        return new io.vertebra.graph.engine.Batch(problem.feed(batch));
    }
}
