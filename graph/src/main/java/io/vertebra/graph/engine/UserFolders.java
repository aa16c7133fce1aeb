package io.vertebra.graph.engine;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Folders of the user that environment variables tell; empty variables count as absent. */
public final class UserFolders {
    private UserFolders() {}

    /** Ours, for what can be made or fetched again: {@code VERTEBRA_CACHE}, else {@code vertebra} among all programs' caches. */
    public static Optional<Path> cache(Map<String, String> environment) {
        return folder(environment, "VERTEBRA_CACHE", () -> caches(environment).map(c -> c.resolve("vertebra")));
    }

    /** Where programs keep such things: {@code XDG_CACHE_HOME}, else {@code .cache} at home. */
    public static Optional<Path> caches(Map<String, String> environment) {
        return folder(environment, "XDG_CACHE_HOME", () -> home(environment).map(h -> h.resolve(".cache")));
    }

    /** The folder that a variable names, else another. */
    public static Optional<Path> folder(
            Map<String, String> environment, String variable, Supplier<Optional<Path>> usual) {
        String given = environment.getOrDefault(variable, "");
        return given.isEmpty() ? usual.get() : Optional.of(Path.of(given));
    }

    private static Optional<Path> home(Map<String, String> environment) {
        return folder(environment, "HOME", () -> folder(environment, "USERPROFILE", Optional::empty));
    }
}
