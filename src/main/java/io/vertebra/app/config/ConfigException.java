package io.vertebra.app.config;

import java.util.List;
import java.util.stream.Collectors;

/** All the faults of a config, sorted by place; the message has a line for each. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Fault> faults;

    /** Holds at least one fault; the order does not matter. */
    public ConfigException(List<Fault> faults) {
        super(faults.stream()
                .sorted(ConfigException::byPlace)
                .map(Fault::toString)
                .distinct()
                .collect(Collectors.joining("\n")));
        if (faults.isEmpty()) {
            throw new IllegalArgumentException("needs a fault");
        }
        this.faults =
                faults.stream().sorted(ConfigException::byPlace).distinct().toList();
    }

    ConfigException(Origin origin, String path, String reason) {
        this(List.of(new Fault(origin, path, reason)));
    }

    private static int byPlace(Fault a, Fault b) {
        return a.origin().compareTo(b.origin());
    }

    /** Every fault, sorted by place. */
    public List<Fault> faults() {
        return faults;
    }

    /** The file or option of the first fault. */
    public String file() {
        return faults.get(0).origin().source();
    }

    /** Where the first fault stands. */
    public Origin position() {
        return faults.get(0).origin();
    }

    /** What is wrong there. */
    public String reason() {
        return faults.get(0).reason();
    }
}
