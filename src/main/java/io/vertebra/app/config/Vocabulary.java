package io.vertebra.app.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The types that are more than records: sections that pick a registered family by name, and values with words of their own. */
public final class Vocabulary {
    private final Map<Class<?>, Choice<?>> choices = new LinkedHashMap<>();
    private final Map<Class<?>, Words<?>> words = new LinkedHashMap<>();

    /**
     * What a section picked.
     *
     * @param name registered name
     * @param config the keys of this choice
     * @param common the keys that all choices have, null where there are none
     */
    public record Named(String name, Record config, Record common) {
        /** A choice without common keys. */
        public Named(String name, Record config) {
            this(name, config, null);
        }
    }

    /**
     * A section that picks one of several families.
     *
     * @param noun what is picked, for messages: {@code backbone}
     * @param key the key that picks: {@code name} or {@code format}
     * @param options the record of the remaining keys, by name
     * @param common the record of the keys that stand beside each of them, null where there are none
     * @param make the section's value
     * @param parts the way back, so that values can be shown
     */
    public record Choice<T>(
            String noun,
            String key,
            Map<String, Class<? extends Record>> options,
            Class<? extends Record> common,
            Function<Named, T> make,
            Function<T, Named> parts) {
        /** Sorts the options. */
        public Choice {
            options = Collections.unmodifiableMap(new TreeMap<>(options));
        }

        Object made(Named named) {
            return make.apply(named);
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
            words = Collections.unmodifiableMap(new LinkedHashMap<>(words));
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
