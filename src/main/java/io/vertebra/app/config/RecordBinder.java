package io.vertebra.app.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Step three of reading: a tree becomes a record. Every fault is collected; none hides another.
 *
 * <p>A key is the component's name in snake case. A key that is left out arrives as null in the constructor, which knows the default. The constructor
 * refuses by {@code NullPointerException("component")} what must be there and by {@code IllegalArgumentException("component reason")} what is out of
 * range; it is then asked again without that value, to learn of the next fault.
 */
public final class RecordBinder {
    private final Vocabulary vocabulary;

    /** Binds with the types of a vocabulary. */
    public RecordBinder(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** Binds a whole config. */
    public <R extends Record> Binding<R> bind(ConfigNode.Mapping node, Class<R> type) {
        Run run = new Run();
        run.section(node, "", type, Set.of());
        return new Binding<>(node, type, run.sections, run.faults);
    }

    /** One pass over a tree. A method that returns null has added a fault. */
    private final class Run {
        final Map<String, Object> sections = new HashMap<>();
        final List<Fault> faults = new ArrayList<>();
        private final ScalarBinder scalars = new ScalarBinder(faults);

        private Object value(ConfigNode node, String path, Type type) {
            if (node instanceof ConfigNode.Scalar s && s.kind() == ConfigNode.Kind.NOTHING) {
                return fault(node, path, "has no value; leave the key out to get the default");
            }
            Class<?> raw = raw(type);
            Object value;
            if (vocabulary.choiceOf(raw) != null) {
                value = choice(node, path, vocabulary.choiceOf(raw));
            } else if (vocabulary.wordsOf(raw) != null) {
                value = words(node, path, vocabulary.wordsOf(raw));
            } else if (raw == List.class) {
                value = list(node, path, argument(type, 0));
            } else if (raw == Map.class) {
                value = map(node, path, argument(type, 1));
            } else if (raw.isRecord()) {
                value = section(node, path, raw, Set.of());
            } else {
                value = scalars.bind(node, path, raw);
            }
            if (value != null) {
                sections.put(path, value);
            }
            return value;
        }

        private Record section(ConfigNode node, String path, Class<?> type, Set<String> eaten) {
            if (!(node instanceof ConfigNode.Mapping mapping)) {
                fault(node, path, "expects a mapping of keys to values, got " + node.describe());
                return null;
            }
            RecordShape shape = new RecordShape(type);
            List<String> known = new ArrayList<>(shape.names());
            known.addAll(eaten);
            mapping.entries().forEach((key, entry) -> {
                if (!known.contains(key)) {
                    faults.add(new Fault(
                            entry.key(),
                            path,
                            "unknown key " + Text.oneLine(key, 60) + " " + EditDistance.hint(key, known)));
                }
            });
            Object[] arguments = new Object[shape.keys().size()];
            Set<Integer> faulty = new HashSet<>();
            for (int i = 0; i < arguments.length; i++) {
                RecordShape.Key key = shape.keys().get(i);
                ConfigNode written = mapping.get(key.name());
                if (written != null) {
                    arguments[i] = value(written, KeyPath.join(path, key.name()), key.type());
                    if (arguments[i] == null) {
                        faulty.add(i);
                    }
                }
            }
            Record made = construct(shape, arguments, faulty, mapping, path);
            if (made != null) {
                sections.put(path, made);
            }
            return made;
        }

        /** Asks the constructor until it has nothing new to complain about; null if it ever had, or if a value was faulty before. */
        private Record construct(
                RecordShape shape, Object[] arguments, Set<Integer> faulty, ConfigNode.Mapping node, String path) {
            while (true) {
                try {
                    Record made = shape.make(arguments);
                    return faulty.isEmpty() ? made : null;
                } catch (RecordShape.Refused e) {
                    RecordShape.Complaint complaint = e.complaint();
                    int key = complaint.key();
                    boolean isAbsent = key >= 0 && arguments[key] == null;
                    if (key < 0 || (faulty.contains(key) && !isAbsent)) {
                        if (faulty.isEmpty()) {
                            fault(node, path, complaint.reason());
                        }
                        return null;
                    }
                    if (faulty.add(key)) {
                        report(complaint, shape.names().get(key), node, path);
                    }
                    Object trial = isAbsent
                            ? new Probe(vocabulary).sample(shape.keys().get(key).type())
                            : null;
                    if (isAbsent && trial == null) {
                        return null;
                    }
                    arguments[key] = trial;
                }
            }
        }

        private void report(RecordShape.Complaint complaint, String key, ConfigNode.Mapping node, String path) {
            if (complaint.isMissing()) {
                fault(node, path, complaint.reason());
            } else {
                String below = key + complaint.below();
                faults.add(new Fault(node.locate(below), KeyPath.join(path, below), complaint.reason()));
            }
        }

        private Object choice(ConfigNode node, String path, Vocabulary.Choice<?> choice) {
            if (!(node instanceof ConfigNode.Mapping mapping)) {
                String example = choice.options().keySet().stream().findFirst().orElse("...");
                return fault(
                        node,
                        path,
                        "expects a mapping such as {" + choice.key() + ": " + example + "}, got " + node.describe());
            }
            ConfigNode picker = mapping.get(choice.key());
            String below = KeyPath.join(path, choice.key());
            if (picker == null) {
                return fault(
                        node,
                        path,
                        "missing key " + choice.key() + " "
                                + EditDistance.hint("", choice.options().keySet()));
            }
            if (!(scalars.bind(picker, below, String.class) instanceof String name)) {
                return null;
            }
            Class<? extends Record> type = choice.options().get(name);
            if (type == null) {
                return fault(
                        picker,
                        below,
                        "unknown " + choice.noun() + " " + Text.quote(name) + " "
                                + EditDistance.hint(name, choice.options().keySet()));
            }
            Set<String> beside = new HashSet<>(Set.of(choice.key()));
            if (choice.common() != null) {
                beside.addAll(new RecordShape(choice.common()).names());
            }
            Record config = section(node, path, type, beside);
            Record common = choice.common() == null
                    ? null
                    : section(node, path, choice.common(), mapping.entries().keySet());
            boolean isSound = config != null && (common != null || choice.common() == null);
            return isSound ? choice.made(new Vocabulary.Named(name, config, common)) : null;
        }

        private Object words(ConfigNode node, String path, Vocabulary.Words<?> forms) {
            if (forms.section() != null && node instanceof ConfigNode.Mapping) {
                return section(node, path, forms.section(), Set.of());
            }
            if (!(node instanceof ConfigNode.Scalar s) || s.kind() != ConfigNode.Kind.TEXT) {
                String allowed =
                        String.join(", ", forms.words().keySet()) + (forms.section() == null ? "" : " or a mapping");
                return fault(node, path, "expects " + allowed + ", got " + node.describe());
            }
            Object value = forms.words().get(s.text());
            return value != null
                    ? value
                    : fault(
                            node,
                            path,
                            "unknown value " + Text.quote(s.text()) + " "
                                    + EditDistance.hint(s.text(), forms.words().keySet()));
        }

        private List<Object> list(ConfigNode node, String path, Type item) {
            if (node instanceof ConfigNode.Scalar && Number.class.isAssignableFrom(raw(item))) {
                Object only = value(node, path, item);
                return only == null ? null : List.of(only); // size: 224 is size: [224]
            }
            if (!(node instanceof ConfigNode.Listing listing)) {
                fault(node, path, "expects a list, got " + node.describe());
                return null;
            }
            List<Object> items = new ArrayList<>();
            for (ConfigNode n : listing.items()) {
                Object value = value(n, path + "[" + items.size() + "]", item);
                items.add(value);
            }
            return items.contains(null) ? null : Collections.unmodifiableList(items);
        }

        private Map<String, Object> map(ConfigNode node, String path, Type type) {
            if (!(node instanceof ConfigNode.Mapping mapping)) {
                fault(node, path, "expects a mapping of keys to values, got " + node.describe());
                return null;
            }
            Map<String, Object> values = new LinkedHashMap<>();
            mapping.entries()
                    .forEach((key, entry) -> values.put(key, value(entry.value(), KeyPath.join(path, key), type)));
            return values.containsValue(null) ? null : Collections.unmodifiableMap(values);
        }

        private Object fault(ConfigNode node, String path, String reason) {
            faults.add(new Fault(node.origin(), path, reason));
            return null;
        }
    }

    static Class<?> raw(Type type) {
        return (Class<?>) (type instanceof ParameterizedType p ? p.getRawType() : type);
    }

    static Type argument(Type type, int index) {
        return ((ParameterizedType) type).getActualTypeArguments()[index];
    }
}
