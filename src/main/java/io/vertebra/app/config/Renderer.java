package io.vertebra.app.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The way back: a record as the tree that would bind to it, with all its defaults; what was written keeps its place. */
public final class Renderer {
    private final Vocabulary vocabulary;

    /** @param vocabulary the one that the record was bound with */
    public Renderer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /**
     * The complete tree of a record.
     *
     * @param written what the user wrote, for the places; null if nothing
     */
    public ConfigNode.Mapping tree(Record config, ConfigNode.Mapping written) {
        return section(config, RecordBinder.raw(config.getClass()), null, written);
    }

    private ConfigNode node(Object value, Class<?> type, ConfigNode written) {
        if (vocabulary.choiceOf(type) != null) {
            Vocabulary.Choice<?> choice = vocabulary.choiceOf(type);
            Vocabulary.Named named = choice.parted(value);
            ConfigNode name = written instanceof ConfigNode.Mapping m ? m.get(choice.key()) : null;
            return section(
                    named.config(),
                    named.config().getClass(),
                    Map.entry(choice.key(), scalar(named.name(), name)),
                    written);
        }
        if (vocabulary.wordsOf(type) != null) {
            for (var word : vocabulary.wordsOf(type).words().entrySet()) {
                if (word.getValue().equals(value)) {
                    return scalar(word.getKey(), written);
                }
            }
        }
        if (value instanceof Record r) {
            return section(r, r.getClass(), null, written);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, ConfigNode.Entry> entries = new LinkedHashMap<>();
            map.forEach((k, v) -> entries.put((String) k, entry((String) k, v, v.getClass(), written)));
            return new ConfigNode.Mapping(entries, origin(written));
        }
        return scalar(value, written);
    }

    private ConfigNode.Mapping section(
            Record config, Class<?> type, Map.Entry<String, ConfigNode.Scalar> picker, ConfigNode written) {
        Map<String, ConfigNode.Entry> entries = new LinkedHashMap<>();
        if (picker != null) {
            entries.put(picker.getKey(), new ConfigNode.Entry(picker.getValue().origin(), picker.getValue()));
        }
        for (RecordShape.Key key : new RecordShape(type).keys()) {
            Object value = RecordShape.get(key, config);
            if (value instanceof List<?> list) {
                entries.put(
                        key.name(),
                        list(list, RecordBinder.raw(RecordBinder.argument(key.type(), 0)), key.name(), written));
            } else if (value != null) {
                entries.put(key.name(), entry(key.name(), value, RecordBinder.raw(key.type()), written));
            }
        }
        return new ConfigNode.Mapping(entries, origin(written));
    }

    private ConfigNode.Entry entry(String key, Object value, Class<?> type, ConfigNode written) {
        ConfigNode.Entry old =
                written instanceof ConfigNode.Mapping m ? m.entries().get(key) : null;
        return new ConfigNode.Entry(
                old == null ? Origin.DEFAULT : old.key(), node(value, type, old == null ? null : old.value()));
    }

    private ConfigNode.Entry list(List<?> values, Class<?> type, String key, ConfigNode written) {
        ConfigNode.Entry old =
                written instanceof ConfigNode.Mapping m ? m.entries().get(key) : null;
        List<ConfigNode> items = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            ConfigNode item = old == null ? null : old.value();
            if (item instanceof ConfigNode.Listing l) {
                item = i < l.items().size() ? l.items().get(i) : null;
            }
            items.add(node(values.get(i), type, item));
        }
        return new ConfigNode.Entry(
                old == null ? Origin.DEFAULT : old.key(),
                new ConfigNode.Listing(items, origin(old == null ? null : old.value())));
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
