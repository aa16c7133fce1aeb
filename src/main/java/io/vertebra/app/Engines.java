package io.vertebra.app;

import io.vertebra.app.config.EditDistance;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.EngineProvider;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;

/** The engines on the class path, found without loading their native libraries. */
public final class Engines {
    /** The word in configs that leaves the choice to the program. */
    public static final String AUTO = "auto";

    /** The better one first; the dl4j engine is there to check the others, and is slower. */
    private static final List<String> PREFERENCE = List.of("onednn", "dl4j");

    private final List<EngineProvider> providers;

    /** What {@code auto} takes, and why. */
    public record Choice(String name, String why) {}

    /**
     * An engine after an attempt to load it.
     *
     * @param version what it says of itself, or why it does not work
     */
    public record State(String name, boolean works, String version, List<String> precisions) {}

    /** The engines of these providers, in any order. */
    public Engines(List<EngineProvider> providers) {
        this.providers = providers.stream()
                .sorted(Comparator.comparingInt(Engines::rank).thenComparing(EngineProvider::name))
                .toList();
    }

    /** All engines of this installation. */
    public static Engines found() {
        return new Engines(ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList());
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

    /** Loads an engine by the word of a config. */
    public Engine open(String name) {
        String wanted = name.equals(AUTO) ? auto().name() : name;
        return providers.stream()
                .filter(p -> p.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        ExitCode.ENGINE, "unknown engine " + wanted + " " + EditDistance.hint(wanted, names())))
                .create();
    }

    /** The best engine that works here. */
    public Choice auto() {
        StringBuilder failed = new StringBuilder();
        for (EngineProvider provider : providers) {
            State state = state(provider);
            if (state.works()) {
                String reason = failed.length() == 0 ? "the fastest engine of this installation" : "because" + failed;
                return new Choice(state.name(), reason + "; " + state.version());
            }
            failed.append(' ')
                    .append(state.name())
                    .append(" does not work here (")
                    .append(state.version())
                    .append(')');
        }
        throw new EngineException(EngineException.Kind.UNAVAILABLE, "no engine works on this machine;" + failed);
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
