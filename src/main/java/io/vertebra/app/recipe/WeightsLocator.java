package io.vertebra.app.recipe;

import io.vertebra.backbones.zoo.Zoo;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the file that {@code model.weights} names: a path, or the tag of a published set in the caches of this machine. */
public final class WeightsLocator {
    private final Zoo zoo;
    private final List<Path> caches;

    /** Finds the sets of this zoo in the caches of this machine. */
    @Inject
    public WeightsLocator(Zoo zoo) {
        this(zoo, caches(System.getenv(), Path.of(System.getProperty("user.home"))));
    }

    WeightsLocator(Zoo zoo, List<Path> caches) {
        this.zoo = zoo;
        this.caches = caches;
    }

    /** Our cache, then PyTorch's, which is only read. */
    static List<Path> caches(Map<String, String> environment, Path home) {
        Path cache = environment.containsKey("XDG_CACHE_HOME")
                ? Path.of(environment.get("XDG_CACHE_HOME"))
                : home.resolve(".cache");
        Path ours = environment.containsKey("VERTEBRA_CACHE")
                ? Path.of(environment.get("VERTEBRA_CACHE"))
                : cache.resolve("vertebra");
        Path torch =
                environment.containsKey("TORCH_HOME") ? Path.of(environment.get("TORCH_HOME")) : cache.resolve("torch");
        return List.of(ours.resolve("weights"), torch.resolve("hub").resolve("checkpoints"));
    }

    /**
     * The file.
     *
     * @throws IllegalArgumentException with the reason, which begins with {@code weights}
     */
    public Path locate(String weights, String backbone) {
        Optional<Zoo.Weights> published = zoo.entry(backbone).stream()
                .flatMap(e -> e.weights().stream())
                .filter(w -> w.tag().equals(weights))
                .findFirst();
        if (published.isPresent()) {
            return cached(published.get(), backbone);
        }
        Path file = Path.of(weights);
        Range.check(Files.exists(file), "weights: no such file " + weights + known(backbone));
        Range.check(Files.isRegularFile(file), "weights: " + weights + " is not a file");
        return file;
    }

    private Path cached(Zoo.Weights published, String backbone) {
        return caches.stream()
                .map(c -> c.resolve(published.file()))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("weights: " + published.tag() + " of " + backbone
                        + " is not on this machine; download " + published.url() + " to "
                        + caches.get(0).resolve(published.file())));
    }

    private String known(String backbone) {
        List<String> tags = zoo.entry(backbone).stream()
                .flatMap(e -> e.weights().stream().map(Zoo.Weights::tag))
                .toList();
        return tags.isEmpty() ? "" : "; published sets of " + backbone + ": " + String.join(", ", tags);
    }
}
