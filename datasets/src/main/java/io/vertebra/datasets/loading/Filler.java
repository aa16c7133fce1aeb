package io.vertebra.datasets.loading;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/** Makes one batch from its place in the epoch; the same call gives the same bits whatever was made before. Used by all workers at once. */
final class Filler {

    private final Pipeline pipeline;
    private final Normalization.Table table;
    private final LoaderOptions options;
    private final boolean training;
    private final SampleCache cache;
    private final EpochOrder order;
    private final int samples;
    private final Size size;
    private final int classes;
    private final AtomicLong skipped = new AtomicLong();

    Filler(Dataset data, Pipeline pipeline, Normalization normalization, LoaderOptions options, boolean training) {
        this.pipeline = pipeline;
        this.table = normalization.table();
        this.options = options;
        this.training = training;
        this.samples = data.size();
        this.classes = data.classNames().size();
        this.cache = new SampleCache(data, (long) options.cacheMib() << 20);
        this.order = new EpochOrder(samples, options.seed(), training);
        this.size = pipeline.size(data.imageSize()).orElseGet(this::measure);
    }

    Size size() {
        return size;
    }

    long skipped() {
        return skipped.get();
    }

    Batch newBatch() {
        return new Batch(
                options.batchSize(), size.height(), size.width(), classes, training && pipeline.hasBatchTransforms());
    }

    /** Fills the batch of this number in this epoch. */
    void fill(Batch batch, long epoch, int index) {
        int[] epochOrder = order.of(epoch);
        int first = index * options.batchSize();
        int wanted = Math.min(options.batchSize(), samples - first);
        int rows = 0;
        for (int i = 0; i < wanted; i++) {
            if (fillRow(epochOrder, first + i, epoch, batch, rows)) {
                rows++;
            }
        }
        pad(batch, rows);
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

    /** Writes the sample at a position of the order into a row; a broken one is replaced by the next in training, left out in evaluation. */
    private boolean fillRow(int[] epochOrder, int position, long epoch, Batch batch, int row) {
        int tries = training ? samples : 1;
        for (int i = 0; i < tries; i++) {
            int sample = epochOrder[(position + i) % samples];
            try {
                write(pipeline.apply(cache.load(sample), options.seed(), epoch, sample), sample, batch, row);
                return true;
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
        return false;
    }

    private void write(Sample sample, int index, Batch batch, int row) {
        Size found = sample.image().size();
        if (!found.equals(size)) {
            throw new IllegalArgumentException(
                    "transforms: %s is %s after them, other samples are %s; end with center_crop, random_crop or random_resized_crop"
                            .formatted(sample.id(), found, size));
        }
        table.write(sample.image(), batch.input(), row * 3 * size.height() * size.width());
        batch.labels()[row] = sample.label();
        batch.indices()[row] = index;
    }

    private void pad(Batch batch, int rows) {
        int length = 3 * size.height() * size.width();
        for (int row = rows; row < batch.size(); row++) {
            if (rows == 0) {
                Arrays.fill(batch.input(), row * length, (row + 1) * length, 0);
                batch.labels()[row] = 0;
            } else {
                System.arraycopy(batch.input(), (rows - 1) * length, batch.input(), row * length, length);
                batch.labels()[row] = batch.labels()[rows - 1];
            }
            batch.indices()[row] = -1;
        }
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
