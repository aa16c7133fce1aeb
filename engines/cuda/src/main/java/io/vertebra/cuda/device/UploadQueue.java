package io.vertebra.cuda.device;

/**
 * A second queue on a card: copies from the host that run beside the work of the device's own queue. Calls may come from several
 * threads, those that name the device's queue only under the session's lock.
 */
public interface UploadQueue extends Resource {

    /** Appends a copy to the device; the host's memory must stay as it is until {@link #synchronize}. */
    void upload(HostMemory from, long offset, long address, long bytes);

    /** What is appended to the device's queue from now on waits for what stands here. */
    void leadDevice();

    /** What is appended here from now on waits for what stands in the device's queue. */
    void followDevice();

    /** Waits until this queue is empty. */
    void synchronize();

    /** Waits, then frees it. */
    @Override
    void close();
}
