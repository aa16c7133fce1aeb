package io.vertebra.tasks.config;

/** The value of a key that a config leaves out. */
public final class Default {
    private Default() {}

    /** The value, or the default where it is null. */
    public static <T> T of(T value, T byDefault) {
        return value == null ? byDefault : value;
    }
}
