package io.vertebra.app.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Step two of reading: {@code extends} and {@code --set}. Later wins: the extended files in order, the file itself, the options in order.
 *
 * <p>Mappings merge key by key, everything else is replaced. A section whose {@code name} or {@code format} changes is replaced as a whole, because
 * the other keys belong to the other choice. Paths after {@code extends} are relative to the file that holds them.
 */
public final class Merger {
    private static final String EXTENDS = "extends";
    private static final int MAX_DEPTH = 16;
    private static final List<String> PICKERS = List.of("name", "format");

    private Merger() {}

    /**
     * Reads a file with all that it extends, then applies options.
     *
     * @param options each {@code key.path=value}; the value is YAML
     */
    public static ConfigNode.Mapping load(Path file, List<String> options) {
        return apply(read(file, List.of()), options);
    }

    /** Applies options to a tree; all faulty options are reported at once. */
    public static ConfigNode.Mapping apply(ConfigNode.Mapping root, List<String> options) {
        List<Fault> faults = new ArrayList<>();
        ConfigNode.Mapping merged = root;
        for (String option : options) {
            Origin origin = Origin.of(Text.oneLine("--set " + option, 200));
            try {
                merged = set(merged, option, origin);
            } catch (ConfigException e) {
                faults.addAll(e.faults());
            } catch (IllegalArgumentException e) {
                faults.add(new Fault(origin, "", e.getMessage()));
            }
        }
        if (!faults.isEmpty()) {
            throw new ConfigException(faults);
        }
        return merged;
    }

    /** The tree with a text in one place. */
    public static ConfigNode.Mapping put(ConfigNode.Mapping root, String path, String text, Origin origin) {
        ConfigNode value = new ConfigNode.Scalar(ConfigNode.Kind.TEXT, text, origin);
        return (ConfigNode.Mapping) replace(root, KeyPath.parse(path).steps(), value, origin, "");
    }

    private static ConfigNode.Mapping read(Path file, List<Path> readers) {
        ConfigNode.Mapping own = YamlReader.read(file);
        ConfigNode parents = own.get(EXTENDS);
        if (parents == null) {
            return own;
        }
        List<Path> chain = new ArrayList<>(readers);
        chain.add(file.toAbsolutePath().normalize());
        ConfigNode.Mapping base = null;
        for (ConfigNode parent : parents instanceof ConfigNode.Listing l ? l.items() : List.of(parents)) {
            ConfigNode.Mapping read = parent(parent, file, chain);
            base = base == null ? read : merge(base, read);
        }
        Map<String, ConfigNode.Entry> rest = new LinkedHashMap<>(own.entries());
        rest.remove(EXTENDS);
        ConfigNode.Mapping mine = new ConfigNode.Mapping(rest, own.origin());
        return base == null ? mine : merge(base, mine);
    }

    private static ConfigNode.Mapping parent(ConfigNode name, Path file, List<Path> chain) {
        if (!(name instanceof ConfigNode.Scalar s) || s.kind() != ConfigNode.Kind.TEXT) {
            throw new ConfigException(name.origin(), EXTENDS, "expects the name of a file, got " + name.describe());
        }
        Path parent;
        try {
            parent = file.resolveSibling(s.text()).normalize();
        } catch (java.nio.file.InvalidPathException e) {
            throw new ConfigException(name.origin(), EXTENDS, Text.quote(s.text()) + " is no file name");
        }
        if (chain.contains(parent.toAbsolutePath().normalize())) {
            throw new ConfigException(name.origin(), EXTENDS, parent + " extends itself");
        }
        if (chain.size() >= MAX_DEPTH) {
            throw new ConfigException(name.origin(), EXTENDS, "is nested deeper than " + MAX_DEPTH + " files");
        }
        if (!java.nio.file.Files.exists(parent)) {
            throw new ConfigException(name.origin(), EXTENDS, "no such file " + parent);
        }
        return read(parent, chain);
    }

    /** The first mapping with the second laid over it; every value keeps its own place. */
    static ConfigNode.Mapping merge(ConfigNode.Mapping base, ConfigNode.Mapping over) {
        if (PICKERS.stream().anyMatch(key -> picksAnother(base.get(key), over.get(key)))) {
            return over;
        }
        Map<String, ConfigNode.Entry> merged = new LinkedHashMap<>(base.entries());
        over.entries()
                .forEach((key, entry) -> merged.merge(
                        key,
                        entry,
                        (b, o) -> b.value() instanceof ConfigNode.Mapping below
                                        && o.value() instanceof ConfigNode.Mapping above
                                ? new ConfigNode.Entry(o.key(), merge(below, above))
                                : o));
        return new ConfigNode.Mapping(merged, over.origin());
    }

    private static boolean picksAnother(ConfigNode base, ConfigNode over) {
        return base instanceof ConfigNode.Scalar a
                && over instanceof ConfigNode.Scalar b
                && !a.text().equals(b.text());
    }

    private static ConfigNode.Mapping set(ConfigNode.Mapping root, String option, Origin origin) {
        int equals = option.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("expects key.path=value");
        }
        KeyPath path = KeyPath.parse(option.substring(0, equals).strip());
        ConfigNode value = YamlReader.value(option.substring(equals + 1), origin);
        return (ConfigNode.Mapping) replace(root, path.steps(), value, origin, "");
    }

    private static ConfigNode replace(
            ConfigNode node, List<KeyPath.Step> steps, ConfigNode value, Origin origin, String path) {
        if (steps.isEmpty()) {
            return value;
        }
        KeyPath.Step step = steps.get(0);
        List<KeyPath.Step> rest = steps.subList(1, steps.size());
        if (step.key() != null) {
            ConfigNode.Mapping mapping =
                    node == null ? new ConfigNode.Mapping(Map.of(), origin) : mapping(node, origin, path);
            ConfigNode changed = replace(mapping.get(step.key()), rest, value, origin, KeyPath.join(path, step.key()));
            return mapping.with(step.key(), new ConfigNode.Entry(origin, changed));
        }
        if (!(node instanceof ConfigNode.Listing list)) {
            throw new ConfigException(
                    origin, path, "is " + (node == null ? "absent" : node.describe()) + ", not a list");
        }
        if (step.index() > list.items().size()) {
            throw new ConfigException(origin, path, "has " + list.items().size() + " items; " + step + " leaves a gap");
        }
        List<ConfigNode> items = new ArrayList<>(list.items());
        ConfigNode old = step.index() < items.size() ? items.get(step.index()) : null;
        ConfigNode changed = replace(old, rest, value, origin, path + step);
        if (old == null) {
            items.add(changed);
        } else {
            items.set(step.index(), changed);
        }
        return new ConfigNode.Listing(items, list.origin());
    }

    private static ConfigNode.Mapping mapping(ConfigNode node, Origin origin, String path) {
        if (node instanceof ConfigNode.Mapping mapping) {
            return mapping;
        }
        throw new ConfigException(origin, path, "is " + node.describe() + ", not a mapping");
    }
}
