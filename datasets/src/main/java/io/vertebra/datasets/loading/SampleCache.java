package io.vertebra.datasets.loading;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.Sample;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Decoded pictures, kept until a limit is reached and then no more: under whole passes over the data, dropping the oldest for the newest
 * would miss every time.
 *
 * <p>Safe for use from several threads. Which samples are kept depends on timing, what {@link #load} returns does not.
 */
final class SampleCache {

    private final Dataset data;
    private final AtomicReferenceArray<Sample> kept;
    private final AtomicLong room;

    SampleCache(Dataset data, long bytes) {
        this.data = data;
        this.kept = new AtomicReferenceArray<>(bytes > 0 ? data.size() : 0);
        this.room = new AtomicLong(bytes);
    }

    /** The sample without annotations, which no batch needs. */
    Sample load(int index) {
        if (kept.length() == 0) {
            return data.load(index).withoutAnnotations();
        }
        Sample sample = kept.get(index);
        if (sample == null) {
            sample = data.load(index).withoutAnnotations();
            long bytes = sample.image().data().length;
            if (room.addAndGet(-bytes) < 0 || !kept.compareAndSet(index, null, sample)) {
                room.addAndGet(bytes);
            }
        }
        return sample;
    }

    /** Bytes that may still be filled. */
    long room() {
        return room.get();
    }
}
