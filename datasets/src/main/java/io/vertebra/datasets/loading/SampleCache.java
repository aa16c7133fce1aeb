package io.vertebra.datasets.loading;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Decoded pictures and, where they are wanted, annotations, kept until a limit is reached and then no more: under whole passes over the data, dropping the oldest for the newest
 * would miss every time.
 *
 * <p>Safe for use from several threads. Which samples are kept depends on timing, what {@link #load} returns does not.
 */
final class SampleCache {

    /** Bytes of an object of which the box is known, roughly. */
    private static final int OBJECT = 128;
    /** Bytes of an object with polygons or runs: COCO's have 25 points and 200 runs as a rule. */
    private static final int OBJECT_WITH_PIXELS = 2048;

    private final Dataset data;
    private final boolean annotated;
    private final AtomicReferenceArray<Sample> kept;
    private final AtomicLong room;

    SampleCache(Dataset data, long bytes, boolean annotated) {
        this.data = data;
        this.annotated = annotated;
        this.kept = new AtomicReferenceArray<>(bytes > 0 ? data.size() : 0);
        this.room = new AtomicLong(bytes);
    }

    /** The sample, without annotations where no batch needs them. */
    Sample load(int index) {
        if (kept.length() == 0) {
            return read(index);
        }
        Sample sample = kept.get(index);
        if (sample == null) {
            sample = read(index);
            long bytes = bytes(sample);
            if (room.addAndGet(-bytes) < 0 || !kept.compareAndSet(index, null, sample)) {
                room.addAndGet(bytes);
            }
        }
        return sample;
    }

    private Sample read(int index) {
        Sample sample = data.load(index);
        return annotated ? sample : sample.withoutAnnotations();
    }

    private static long bytes(Sample sample) {
        Annotations annotations = sample.annotations();
        long bytes = sample.image().data().length;
        bytes += annotations.labelMap().map(map -> map.data().length).orElse(0);
        for (Instance object : annotations.objects()) {
            bytes += object.silhouette().isKnown() ? OBJECT_WITH_PIXELS : OBJECT;
        }
        return bytes;
    }

    /** Bytes that may still be filled. */
    long room() {
        return room.get();
    }
}
