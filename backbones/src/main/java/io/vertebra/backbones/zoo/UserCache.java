package io.vertebra.backbones.zoo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Where published weights lie when a program does not say: our cache, then PyTorch's, which is only read. */
public final class UserCache {
    private UserCache() {}

    /** The store that environment variables tell; empty ones count as absent. */
    public static WeightStore store(Map<String, String> environment) {
        Supplier<Path> cache = () ->
                folder(environment, "XDG_CACHE_HOME", () -> home(environment).resolve(".cache"));
        Path ours = folder(environment, "VERTEBRA_CACHE", () -> cache.get().resolve("vertebra"));
        Path torch = folder(environment, "TORCH_HOME", () -> cache.get().resolve("torch"));
        return WeightStore.at(ours.resolve("weights"))
                .alsoIn(List.of(torch.resolve("hub").resolve("checkpoints")))
                .offline("1".equals(environment.get("VERTEBRA_OFFLINE")));
    }

    private static Path folder(Map<String, String> environment, String name, Supplier<Path> usual) {
        String given = environment.getOrDefault(name, "");
        return given.isEmpty() ? usual.get() : Path.of(given);
    }

    private static Path home(Map<String, String> environment) {
        return folder(
                environment,
                "HOME",
                () -> folder(environment, "USERPROFILE", () -> {
                    throw new IllegalStateException("weights: no folder for them is known; say cache(folder)");
                }));
    }
}
