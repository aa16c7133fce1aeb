package io.vertebra.heads;

import io.vertebra.graph.op.GraphException;
import io.vertebra.heads.neck.FpnNeck;
import jakarta.inject.Inject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The necks by name. */
public final class Necks {

    /** The necks that come with Vertebra; a new one is an entry here. */
    static final Map<String, NeckFamily<?>> FAMILIES = Map.of("fpn", new FpnNeck());

    private final Map<String, NeckFamily<?>> byName;

    /** Those of a map, such as the injector's. */
    @Inject
    public Necks(Map<String, NeckFamily<?>> byName) {
        this.byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** Those that come with Vertebra. */
    public static Necks builtIn() {
        return new Necks(FAMILIES);
    }

    /** All names. */
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /** A neck with its family's defaults. */
    public Neck<?> get(String name) {
        NeckFamily<?> family = byName.get(name);
        if (family == null) {
            throw new GraphException(name, "is no neck; there are " + String.join(", ", byName.keySet()));
        }
        return Neck.of(name, family);
    }
}
