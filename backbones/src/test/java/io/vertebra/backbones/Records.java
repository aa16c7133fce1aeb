package io.vertebra.backbones;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;

/** Makes records of options as the program's binder does: named components, all others left out. */
public final class Records {
    private Records() {}

    /** A record with one component given; what its constructor throws comes out. */
    public static <R extends Record> R of(Class<R> type, String component, Object value) {
        return of(type, Map.of(component, value));
    }

    /** A record with some components given, by name; names that it does not have are passed over. */
    public static <R extends Record> R of(Class<R> type, Map<String, Object> given) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values =
                Arrays.stream(components).map(c -> given.get(c.getName())).toArray();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
