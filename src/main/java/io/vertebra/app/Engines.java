package io.vertebra.app;

import com.google.common.base.Suppliers;
import io.vertebra.app.config.EditDistance;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.EngineProvider;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The engines on the class path, found without loading their native libraries.
 *
 * <p>{@code auto} takes the cuda engine where there is a card for it and its libraries; then the dl4j engine where that computes
 * on a card: the launcher lets ND4J have one only if nd4j-cuda-11.6 has code for it. Else the processor's engines, the faster one
 * first.
 */
public final class Engines {
    /** The word in configs that leaves the choice to the program. */
    public static final String AUTO = "auto";

    /** The better one first; the dl4j engine is there to check the others, and is slower. */
    private static final List<String> PREFERENCE = List.of("onednn", "dl4j");

    /** The engine that has no other place than a card. */
    private static final String CUDA = "cuda";

    /** How ND4J's back end on cards calls itself in {@link Engine#version()}. */
    private static final String ND4J_ON_CARDS = "JCublasBackend";

    private static final String ND4J_CUDA = "org/nd4j/linalg/jcublas/JCublasBackend.class";

    private final List<EngineProvider> providers;
    private final Supplier<Gpus> gpus;
    private final boolean hasNd4jCuda;

    /** What {@code auto} takes, and why. */
    public record Choice(String name, String why) {}

    /**
     * An engine after an attempt to load it.
     *
     * @param version what it says of itself, or why it does not work
     */
    public record State(String name, boolean works, String version, List<String> precisions) {}

    /**
     * The engines of these providers, in any order, on a machine with these cards.
     *
     * @param hasNd4jCuda whether the installation has nd4j-cuda-11.6
     */
    Engines(List<EngineProvider> providers, Supplier<Gpus> gpus, boolean hasNd4jCuda) {
        this.providers = providers.stream()
                .sorted(Comparator.comparingInt(Engines::rank).thenComparing(EngineProvider::name))
                .toList();
        this.gpus = Suppliers.memoize(gpus::get);
        this.hasNd4jCuda = hasNd4jCuda;
    }

    /** All engines of this installation. */
    public static Engines found() {
        return new Engines(
                ServiceLoader.load(EngineProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .toList(),
                Gpus::here,
                Engines.class.getClassLoader().getResource(ND4J_CUDA) != null);
    }

    /** The cards of this machine; the driver is asked once. */
    public Gpus gpus() {
        return gpus.get();
    }

    /** What native arrays may take of this machine's memory, in MiB: the launcher's limit; 0 where unknown. */
    public static long usableMib() {
        return Machine.here().memoryMib() * 60 / 100;
    }

    private static int rank(EngineProvider provider) {
        int place = PREFERENCE.indexOf(provider.name());
        return place < 0 ? PREFERENCE.size() : place;
    }

    /** Names for configs, {@code auto} first. */
    public List<String> names() {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(AUTO), providers.stream().map(EngineProvider::name))
                .toList();
    }

    /**
     * Loads an engine by the word of a config.
     *
     * @param say is told in one line what was taken, and why, where the choice is left to the program
     */
    public Engine open(String name, Consumer<String> say) {
        if (name.equals(AUTO)) {
            Choice choice = auto();
            say.accept("engine: auto takes " + choice.name() + ": " + choice.why());
            return open(choice.name());
        }
        return open(name);
    }

    private Engine open(String name) {
        return providers.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        ExitCode.ENGINE, "unknown engine " + name + " " + EditDistance.hint(name, names())))
                .create();
    }

    /** The best engine that works here, and in one line why not a better one. */
    public Choice auto() {
        Optional<State> cuda = firstCard().filter(Gpu::runsCuda).flatMap(c -> cuda());
        if (cuda.isPresent() && cuda.get().works()) {
            return onCard(cuda.get());
        }
        if (hasNd4jCuda && firstCard().filter(Gpu::runsNd4jCuda).isPresent()) {
            for (EngineProvider provider : onProcessor()) {
                State state = state(provider);
                if (state.version().contains(ND4J_ON_CARDS)) {
                    return onCard(state);
                }
            }
        }
        StringBuilder failed = new StringBuilder();
        for (EngineProvider provider : onProcessor()) {
            State state = state(provider);
            if (state.works()) {
                String reason = failed.length() == 0 ? "the fastest engine of this installation" : "because" + failed;
                return new Choice(
                        state.name(), reason + "; " + state.version() + "; on the processor: " + noCard(cuda));
            }
            failed.append(' ')
                    .append(state.name())
                    .append(" does not work here (")
                    .append(state.version())
                    .append(')');
        }
        throw new EngineException(
                EngineException.Kind.UNAVAILABLE,
                "no engine works on this machine;" + failed + "; on a card: " + noCard(cuda));
    }

    private Choice onCard(State state) {
        return new Choice(state.name(), "it computes on " + firstCard().orElseThrow() + "; " + state.version());
    }

    private Optional<State> cuda() {
        return providers.stream().filter(p -> p.name().equals(CUDA)).findFirst().map(Engines::state);
    }

    private List<EngineProvider> onProcessor() {
        return providers.stream().filter(p -> !p.name().equals(CUDA)).toList();
    }

    /** The card that the engines, and the launcher for them, look at. */
    private Optional<Gpu> firstCard() {
        return gpus().cards().stream().findFirst();
    }

    /** Why no card is computed on. */
    private String noCard(Optional<State> cuda) {
        return firstCard().map(card -> unused(card, cuda)).orElseGet(() -> gpus().why());
    }

    private String unused(Gpu card, Optional<State> cuda) {
        if (hasNd4jCuda && card.runsNd4jCuda()) {
            return "ND4J does not take " + card + "; its libraries of CUDA 11.6 may be missing";
        }
        if (cuda.isPresent()) {
            return card + " is not used: " + cuda.get().version();
        }
        return card.runsNd4jCuda()
                ? card + " is not used: start with VERTEBRA_PROFILES=cuda-11.6 for ND4J's engine on cards"
                : "this installation has no engine for " + card
                        + ": cuda serves capability 7.5 and newer, nd4j-cuda-11.6 serves 6.0 to 8.9";
    }

    /** Every engine, after loading it. */
    public List<State> states() {
        return providers.stream().map(Engines::state).toList();
    }

    private static State state(EngineProvider provider) {
        try {
            Engine engine = provider.create();
            List<String> precisions = engine.precisions().stream()
                    .sorted()
                    .map(p -> p.name().toLowerCase(Locale.ROOT))
                    .toList();
            return new State(provider.name(), true, engine.version(), precisions);
        } catch (EngineException e) {
            return new State(provider.name(), false, e.getMessage(), List.of());
        }
    }
}
