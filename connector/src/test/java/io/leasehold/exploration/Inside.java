package io.leasehold.exploration;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What objects hold in their private fields. */
final class Inside {

    private static final Map<Class<?>, List<Field>> FIELDS = new ConcurrentHashMap<>();

    private Inside() {}

    /** All that an object of this class holds, also by what is above it. */
    static List<Field> fields(Class<?> type) {
        return FIELDS.computeIfAbsent(type, Inside::find);
    }

    private static List<Field> find(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    fields.add(field);
                }
            }
        }
        return List.copyOf(fields);
    }

    static Object read(Field field, Object of) {
        try {
            return field.get(of);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    static Object read(String field, Object of) {
        for (Field one : fields(of.getClass())) {
            if (one.getName().equals(field)) {
                return read(one, of);
            }
        }
        throw new IllegalStateException("There is no " + field + " in " + of.getClass());
    }

    static void write(Field field, Object of, Object value) {
        try {
            field.set(of, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
