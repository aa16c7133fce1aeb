package io.vertebra.backbones.zoo;

import io.vertebra.graph.engine.UserFolders;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where published weights lie when a program does not say: our cache, then PyTorch's, which is only read. */
public final class UserCache {
    private UserCache() {}

    /** The store that environment variables tell; empty ones count as absent. */
    public static WeightStore store(Map<String, String> environment) {
        Path ours = known(UserFolders.cache(environment));
        Path torch = known(UserFolders.folder(
                environment, "TORCH_HOME", () -> UserFolders.caches(environment).map(c -> c.resolve("torch"))));
        return WeightStore.at(ours.resolve("weights"))
                .alsoIn(List.of(torch.resolve("hub").resolve("checkpoints")))
                .offline("1".equals(environment.get("VERTEBRA_OFFLINE")));
    }

    private static Path known(Optional<Path> folder) {
        return folder.orElseThrow(
                () -> new IllegalStateException("weights: no folder for them is known; say cache(folder)"));
    }
}
