package io.vertebra.app.config;

import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The way back: a record as the tree that would bind to it, with all its defaults; what was written keeps its place. */
public final class Renderer {
    private final Vocabulary vocabulary;

    /** Renders what was bound with this vocabulary. */
    public Renderer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /**
     * The complete tree of a record.
     *
     * @param written what the user wrote, for the places; null if nothing
     */
    public ConfigNode.Mapping tree(Record config, ConfigNode.Mapping written) {
        return section(config, written);
    }

    private ConfigNode node(Object value, Type type, ConfigNode written) {
        Class<?> raw = RecordBinder.raw(type);
        if (vocabulary.choiceOf(raw) != null) {
            return choice(vocabulary.choiceOf(raw), value, written);
        }
        if (vocabulary.wordsOf(raw) != null) {
            for (var word : vocabulary.wordsOf(raw).words().entrySet()) {
                if (word.getValue().equals(value)) {
                    return scalar(word.getKey(), written);
                }
            }
        }
        if (value instanceof Record record) {
            return section(record, written);
        }
        if (value instanceof List<?> list) {
            return list(list, RecordBinder.argument(type, 0), written);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, ConfigNode.Entry> entries = new LinkedHashMap<>();
            map.forEach(
                    (k, v) -> entries.put((String) k, entry((String) k, v, RecordBinder.argument(type, 1), written)));
            return new ConfigNode.Mapping(entries, origin(written));
        }
        return scalar(value, written);
    }

    private ConfigNode choice(Vocabulary.Choice<?> choice, Object value, ConfigNode written) {
        Vocabulary.Named named = choice.parted(value);
        Map<String, ConfigNode.Entry> entries = new LinkedHashMap<>();
        entries.put(choice.key(), entry(choice.key(), named.name(), String.class, written));
        entries.putAll(section(named.config(), written).entries());
        if (named.common() != null) {
            entries.putAll(section(named.common(), written).entries());
        }
        return new ConfigNode.Mapping(entries, origin(written));
    }

    private ConfigNode.Mapping section(Record config, ConfigNode written) {
        Map<String, ConfigNode.Entry> entries = new LinkedHashMap<>();
        for (RecordShape.Key key : new RecordShape(config.getClass()).keys()) {
            Object value = RecordShape.get(key, config);
            if (value != null) {
                entries.put(key.name(), entry(key.name(), value, key.type(), written));
            }
        }
        return new ConfigNode.Mapping(entries, origin(written));
    }

    private ConfigNode.Entry entry(String key, Object value, Type type, ConfigNode written) {
        ConfigNode.Entry old =
                written instanceof ConfigNode.Mapping m ? m.entries().get(key) : null;
        return new ConfigNode.Entry(
                old == null ? Origin.DEFAULT : old.key(), node(value, type, old == null ? null : old.value()));
    }

    private ConfigNode.Listing list(List<?> values, Type type, ConfigNode written) {
        List<ConfigNode> items = new ArrayList<>();
        for (Object value : values) {
            ConfigNode item = written; // a number that stands for a list of one
            if (written instanceof ConfigNode.Listing l) {
                item = items.size() < l.items().size() ? l.items().get(items.size()) : null;
            }
            items.add(node(value, type, item));
        }
        return new ConfigNode.Listing(items, origin(written));
    }

    private static ConfigNode.Scalar scalar(Object value, ConfigNode written) {
        ConfigNode.Kind kind = ConfigNode.Kind.TEXT;
        if (value instanceof Integer || value instanceof Long) {
            kind = ConfigNode.Kind.WHOLE;
        } else if (value instanceof Double) {
            kind = ConfigNode.Kind.DECIMAL;
        } else if (value instanceof Boolean) {
            kind = ConfigNode.Kind.TRUTH;
        } else if (!(value instanceof String) && !(value instanceof Path) && !(value instanceof Enum<?>)) {
            throw new IllegalStateException("no rule renders " + value.getClass());
        }
        String text = value instanceof Enum<?> e ? e.name().toLowerCase(Locale.ROOT) : value.toString();
        return new ConfigNode.Scalar(kind, text, origin(written));
    }

    private static Origin origin(ConfigNode written) {
        return written == null ? Origin.DEFAULT : written.origin();
    }
}
