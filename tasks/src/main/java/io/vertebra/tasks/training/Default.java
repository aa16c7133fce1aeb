package io.vertebra.tasks.training;

/** The value of a key that a config leaves out. */
final class Default {
    private Default() {}

    static <T> T of(T value, T byDefault) {
        return value == null ? byDefault : value;
    }
}
