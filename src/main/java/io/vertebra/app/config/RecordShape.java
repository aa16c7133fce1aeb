package io.vertebra.app.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A record class as a section of a config: its keys, their types, and its constructor, whose complaints it understands. */
final class RecordShape {
    private static final Pattern COMPLAINT =
            Pattern.compile("(?s)([a-z][a-zA-Z0-9_]*)((?:\\[[0-9]+]|\\.[a-z][a-z0-9_]*)*)(?:: | )(.*)");

    private final List<Key> keys = new ArrayList<>();
    private final Constructor<?> constructor;

    /** One component: its spelling in YAML and its type. */
    record Key(String name, Type type, RecordComponent component) {}

    /**
     * What a constructor refused.
     *
     * @param key index of the key, -1 where the complaint is about the whole section
     * @param below the rest of the path, such as {@code [2]}
     */
    record Complaint(int key, String below, String reason, boolean isMissing) {}

    /** Thrown by {@link #make} where the constructor refuses its arguments. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        private final transient Complaint complaint;

        Refused(Complaint complaint) {
            super(complaint.reason());
            this.complaint = complaint;
        }

        Complaint complaint() {
            return complaint;
        }
    }

    RecordShape(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        for (RecordComponent c : components) {
            keys.add(new Key(snake(c.getName()), c.getGenericType(), c));
        }
        try {
            constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(type + " has no canonical constructor", e);
        }
    }

    List<Key> keys() {
        return keys;
    }

    List<String> names() {
        return keys.stream().map(Key::name).toList();
    }

    Record make(Object[] arguments) throws Refused {
        try {
            return (Record) constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw new Refused(complaint(e.getCause())
                    .orElseThrow(() -> new IllegalStateException("constructing " + constructor, e)));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("constructing " + constructor, e);
        }
    }

    /** The value of a component. */
    static Object get(Key key, Record record) {
        try {
            var accessor = key.component().getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("reading " + key.name(), e);
        }
    }

    private Optional<Complaint> complaint(Throwable cause) {
        String message = cause.getMessage() == null ? "" : cause.getMessage();
        if (cause instanceof NullPointerException) {
            int key = index(message);
            return key < 0
                    ? Optional.empty()
                    : Optional.of(new Complaint(key, "", "missing key " + names().get(key), true));
        }
        if (!(cause instanceof IllegalArgumentException)
                && !cause.getClass().getName().startsWith("io.vertebra.")) {
            return Optional.empty(); // a bug, not a bad value
        }
        Matcher matcher = COMPLAINT.matcher(message);
        if (matcher.matches() && index(matcher.group(1)) >= 0) {
            return Optional.of(new Complaint(index(matcher.group(1)), matcher.group(2), matcher.group(3), false));
        }
        return Optional.of(new Complaint(-1, "", message, false));
    }

    private int index(String name) {
        return names().indexOf(snake(name));
    }

    /** The simple name, with that of the enclosing type: {@code Resize.Config}. */
    static String name(Class<?> type) {
        return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
    }

    /** {@code labelSmoothing} in Java is {@code label_smoothing} in YAML. */
    static String snake(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }
}
