package io.vertebra.app.recipe;

/** Checks of the constructors of this package. */
final class Range {
    private Range() {}

    /** Throws unless the condition holds; the message begins with the key, as the binder wants it. */
    static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
