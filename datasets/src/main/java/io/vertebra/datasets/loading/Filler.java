package io.vertebra.datasets.loading;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Check;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Draw;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.images.Normalization;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Makes one batch from its place in the epoch; the same call gives the same bits whatever was made before. Used by all workers at once. */
final class Filler {

    private final Pipeline pipeline;
    private final Normalization.Table table;
    private final LoaderOptions options;
    private final boolean training;
    private final TargetEncoder targets;
    private final SampleCache cache;
    private final EpochOrder order;
    private final int samples;
    private final Size size;
    private final int classes;
    private final AtomicLong skipped = new AtomicLong();

    Filler(
            Dataset data,
            Pipeline pipeline,
            Normalization normalization,
            LoaderOptions options,
            TargetEncoder targets,
            boolean training) {
        this.pipeline = pipeline;
        this.table = normalization.table();
        this.options = options;
        this.targets = targets;
        this.training = training;
        this.samples = data.size();
        this.classes = data.classNames().size();
        this.cache = new SampleCache(data, (long) options.cacheMib() << 20, targets != TargetEncoder.NONE);
        this.order = new EpochOrder(samples, options.seed(), training);
        this.size = rounded(pipeline.size(data.imageSize()).orElseGet(this::measure));
        Check.that(
                !isMixed() || targets.targets(size).isEmpty(),
                "transforms",
                "mixup and cutmix blend the classes of whole pictures; they cannot blend boxes or label maps");
    }

    private boolean isMixed() {
        return training && pipeline.hasBatchTransforms();
    }

    Size size() {
        return size;
    }

    long skipped() {
        return skipped.get();
    }

    /** @param asSamples whether pictures may stay as they are, where nothing but their normalisation follows and none is padded */
    Batch newBatch(boolean asSamples) {
        if (asSamples && !isMixed() && options.bucket() == 0) {
            return Batch.ofSamples(options.batchSize(), size.height(), size.width(), classes, table);
        }
        return new Batch(options.batchSize(), size.height(), size.width(), classes, isMixed());
    }

    /** Fills the batch of this number in this epoch. */
    void fill(Batch batch, long epoch, int index) {
        int[] epochOrder = order.of(epoch);
        int first = index * options.batchSize();
        int wanted = Math.min(options.batchSize(), samples - first);
        int rows = 0;
        List<Row> waiting = new ArrayList<>(); // with buckets the size of a batch is known when all its pictures are
        if (options.bucket() == 0) {
            reshape(batch, size);
        }
        for (int i = 0; i < wanted; i++) {
            Optional<Row> row = read(epochOrder, first + i, epoch);
            if (row.isPresent()) {
                if (options.bucket() == 0) {
                    requireSize(row.get().sample());
                    write(row.get(), batch, rows, epoch);
                } else {
                    waiting.add(row.get());
                }
                rows++;
            }
        }
        if (options.bucket() > 0) {
            reshape(batch, largest(waiting));
            for (int row = 0; row < rows; row++) {
                write(waiting.get(row), batch, row, epoch);
            }
        }
        for (int row = rows; row < batch.size(); row++) {
            batch.pad(row, rows - 1);
        }
        batch.fill(epoch, index, rows);
        if (batch.softLabels().isPresent()) {
            float[] soft = batch.softLabels().get();
            Arrays.fill(soft, 0);
            for (int i = 0; i < batch.size(); i++) {
                soft[i * classes + batch.labels()[i]] = 1;
            }
            pipeline.apply(batch, options.seed());
        }
    }

    /** A sample after its transforms, and its number. */
    private record Row(Sample sample, int number) {}

    /** The sample at a position of the order; a broken one is replaced by the next in training, left out in evaluation. */
    private Optional<Row> read(int[] epochOrder, int position, long epoch) {
        int tries = training ? samples : 1;
        for (int i = 0; i < tries; i++) {
            int number = epochOrder[(position + i) % samples];
            try {
                return Optional.of(new Row(pipeline.apply(cache.load(number), options.seed(), epoch, number), number));
            } catch (DatasetException broken) {
                if (!options.skipUnreadable()) {
                    throw broken;
                }
                if (i == 0) {
                    skipped.incrementAndGet();
                }
                if (i == tries - 1 && training) {
                    throw new DatasetException(
                            broken.file(), broken.position(), broken.reason() + "; no sample is readable", broken);
                }
            }
        }
        return Optional.empty();
    }

    private void requireSize(Sample sample) {
        Size found = sample.image().size();
        if (!found.equals(size)) {
            throw new IllegalArgumentException(
                    "transforms: %s is %s after them, other samples are %s; end with center_crop, random_crop or random_resized_crop"
                            .formatted(sample.id(), found, size));
        }
    }

    /** The size that holds all these pictures; where there is none, the usual one. */
    private Size largest(List<Row> rows) {
        int height = 0;
        int width = 0;
        for (Row row : rows) {
            height = Math.max(height, row.sample().image().height());
            width = Math.max(width, row.sample().image().width());
        }
        return rows.isEmpty() ? size : rounded(new Size(height, width));
    }

    private Size rounded(Size exact) {
        int bucket = Math.max(1, options.bucket());
        return new Size(
                (exact.height() + bucket - 1) / bucket * bucket, (exact.width() + bucket - 1) / bucket * bucket);
    }

    private void reshape(Batch batch, Size picture) {
        try {
            batch.reshape(picture, targets.targets(picture));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "batch_size: %d pictures of %s are too many numbers for one batch; resize or crop them, or take fewer"
                            .formatted(batch.size(), picture),
                    e);
        }
    }

    private void write(Row row, Batch batch, int index, long epoch) {
        Raster image = row.sample().image();
        int offset = index * 3 * batch.height() * batch.width();
        Optional<byte[]> samples = batch.samples();
        if (samples.isPresent()) {
            table.copy(image, samples.get(), offset);
        } else {
            table.write(image, batch.input(), offset, batch.height(), batch.width());
        }
        batch.describe(index, row.sample(), row.number(), targets, new Draw(options.seed(), epoch, row.number()));
    }

    /** The size of the first readable sample, where neither format nor transforms fix it. */
    private Size measure() {
        for (int i = 0; ; i++) {
            try {
                return pipeline.apply(cache.load(i), options.seed(), 0, i)
                        .image()
                        .size();
            } catch (DatasetException broken) {
                if (!options.skipUnreadable() || i == samples - 1) {
                    throw broken;
                }
            }
        }
    }
}
