package io.vertebra.app;

import io.vertebra.backbones.zoo.WeightStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Where published weights lie on this machine, as the environment says: our cache, then PyTorch's, which is only read. */
final class WeightCache {
    private WeightCache() {}

    /** The store of an environment; empty variables count as absent. */
    static WeightStore store(Map<String, String> environment, Path home) {
        Path cache = folder(environment, "XDG_CACHE_HOME", home.resolve(".cache"));
        Path ours = folder(environment, "VERTEBRA_CACHE", cache.resolve("vertebra"));
        Path torch = folder(environment, "TORCH_HOME", cache.resolve("torch"));
        return WeightStore.at(ours.resolve("weights"))
                .alsoIn(List.of(torch.resolve("hub").resolve("checkpoints")))
                .offline("1".equals(environment.get("VERTEBRA_OFFLINE")));
    }

    private static Path folder(Map<String, String> environment, String variable, Path usual) {
        String given = environment.getOrDefault(variable, "");
        return given.isEmpty() ? usual : Path.of(given);
    }
}
