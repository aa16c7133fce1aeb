package io.vertebra.cuda.driver;

/** What the libraries ask of the places that they read and write. */
final class Addresses {
    /** Of working memory: what CUDA's own allocations have. */
    private static final long WORKSPACE = 256;

    private Addresses() {}

    /** The next multiple of what working memory is aligned to. */
    static long aligned(long bytes) {
        return (bytes + WORKSPACE - 1) / WORKSPACE * WORKSPACE;
    }

    /**
     * Refuses what a library would not.
     *
     * @param addresses of the tensors, then of the working memory
     * @param tensors how many there must be
     */
    static void check(String operator, long[] addresses, int tensors, boolean needsWorkspace) {
        if (addresses.length != tensors + 1) {
            throw new IllegalArgumentException(operator + " takes " + tensors + " tensors and working memory, got "
                    + addresses.length + " addresses");
        }
        for (int i = 0; i < tensors; i++) {
            if (addresses[i] == 0 || addresses[i] % Tensor.ALIGNMENT != 0) {
                throw new IllegalArgumentException(operator + ": tensor " + i + " lies at " + addresses[i]
                        + ", not at a multiple of " + Tensor.ALIGNMENT);
            }
        }
        long workspace = addresses[tensors];
        if (needsWorkspace && (workspace == 0 || workspace % WORKSPACE != 0)) {
            throw new IllegalArgumentException(
                    operator + ": working memory lies at " + workspace + ", not at a multiple of " + WORKSPACE);
        }
    }
}
