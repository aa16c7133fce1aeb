package io.vertebra.app.config;

import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks constructors what they require and what their defaults are, by calling them with nothing. */
final class Probe {
    private final Vocabulary vocabulary;

    Probe(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /**
     * What a constructor told.
     *
     * @param required the keys that may not be left out
     * @param example the record with samples for these and defaults for the others; null if it refuses even the samples
     */
    record Answer(Set<String> required, Record example) {}

    Answer ask(Class<?> type) {
        RecordShape shape = new RecordShape(type);
        Object[] arguments = new Object[shape.keys().size()];
        Set<String> required = new HashSet<>();
        while (true) {
            try {
                return new Answer(required, shape.make(arguments));
            } catch (RecordShape.Refused e) {
                RecordShape.Complaint complaint = e.complaint();
                boolean isAbsent = complaint.key() >= 0 && arguments[complaint.key()] == null;
                if (!isAbsent || !required.add(shape.names().get(complaint.key()))) {
                    return new Answer(required, null);
                }
                arguments[complaint.key()] =
                        sample(shape.keys().get(complaint.key()).type());
            }
        }
    }

    /** Some value of a type that most constructors accept. */
    Object sample(Type type) {
        Class<?> raw = RecordBinder.raw(type);
        if (vocabulary.choiceOf(raw) != null) {
            Vocabulary.Choice<?> choice = vocabulary.choiceOf(raw);
            return choice.options().entrySet().stream()
                    .map(o -> new Vocabulary.Named(
                            o.getKey(),
                            ask(o.getValue()).example(),
                            choice.common() == null
                                    ? null
                                    : ask(choice.common()).example()))
                    .filter(n -> n.config() != null)
                    .findFirst()
                    .map(choice::made)
                    .orElse(null);
        }
        if (vocabulary.wordsOf(raw) != null) {
            return vocabulary.wordsOf(raw).words().values().stream().findFirst().orElse(null);
        }
        if (raw == List.class) {
            Object item = sample(RecordBinder.argument(type, 0));
            return item == null ? List.of() : List.of(item);
        }
        if (raw == Map.class) {
            return Map.of();
        }
        if (raw.isRecord()) {
            return ask(raw).example();
        }
        if (raw.isEnum()) {
            return raw.getEnumConstants()[0];
        }
        return Map.<Class<?>, Object>of(
                        Integer.class,
                        1,
                        Long.class,
                        1L,
                        Double.class,
                        1.0,
                        Boolean.class,
                        false,
                        String.class,
                        "x",
                        Path.class,
                        Path.of("x"))
                .get(raw);
    }
}
