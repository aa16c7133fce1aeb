package io.vertebra.app.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What binding gave: the record if nothing was wrong, else the faults and those sections that were sound. */
public final class Binding<R extends Record> {
    private final ConfigNode.Mapping written;
    private final Map<String, Object> sections;
    private final List<Fault> faults;
    private final Class<R> type;

    Binding(ConfigNode.Mapping written, Class<R> type, Map<String, Object> sections, List<Fault> faults) {
        this.written = written;
        this.type = type;
        this.sections = sections;
        this.faults = new ArrayList<>(faults);
    }

    /** The config as it was written and merged. */
    public ConfigNode.Mapping written() {
        return written;
    }

    /** A sound section or value by its path; the path of the whole is empty. */
    public <T> Optional<T> at(String path, Class<T> section) {
        return Optional.ofNullable(sections.get(path))
                .filter(section::isInstance)
                .map(section::cast);
    }

    /** Adds what a check found wrong with a value. */
    public void fault(String path, String reason) {
        faults.add(new Fault(written.locate(path), path, reason));
    }

    /** What was found so far. */
    public List<Fault> faults() {
        return List.copyOf(faults);
    }

    /** The record; a {@link ConfigException} with every fault where there is one. */
    public R value() {
        if (!faults.isEmpty()) {
            throw new ConfigException(faults);
        }
        return at("", type).orElseThrow();
    }
}
