package io.vertebra.app.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The types that are more than records: sections that pick a registered family by name, and values with words of their own. */
public final class Vocabulary {
    private final Map<Class<?>, Choice<?>> choices = new LinkedHashMap<>();
    private final Map<Class<?>, Words<?>> words = new LinkedHashMap<>();

    /** A registered name and the record of the keys beside it. */
    public record Named(String name, Record config) {}

    /**
     * A section that picks one of several families.
     *
     * @param noun what is picked, for messages: {@code backbone}
     * @param key the key that picks: {@code name} or {@code format}
     * @param options the record of the remaining keys, by name
     */
    public record Choice<T>(
            String noun,
            String key,
            Map<String, Class<? extends Record>> options,
            BiFunction<String, Record, T> make,
            Function<T, Named> parts) {
        public Choice {
            options = java.util.Collections.unmodifiableMap(new TreeMap<>(options));
        }

        Object made(String name, Record config) {
            return make.apply(name, config);
        }

        Named parted(Object value) {
            @SuppressWarnings("unchecked") // the vocabulary keeps type and choice together
            T typed = (T) value;
            return parts.apply(typed);
        }
    }

    /**
     * A value that is one of some words, or else a section.
     *
     * @param words what each word stands for
     * @param section the record of the long form, null where words are all
     */
    public record Words<T>(Map<String, ? extends T> words, Class<? extends Record> section) {
        public Words {
            words = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(words));
        }
    }

    /** Adds a choice for all components of a type. */
    public <T> Vocabulary choice(Class<T> type, Choice<T> choice) {
        choices.put(type, choice);
        return this;
    }

    /** Adds words for all components of a type. */
    public <T> Vocabulary words(Class<T> type, Words<T> forms) {
        words.put(type, forms);
        return this;
    }

    Choice<?> choiceOf(Class<?> type) {
        return choices.get(type);
    }

    Words<?> wordsOf(Class<?> type) {
        return words.get(type);
    }
}
