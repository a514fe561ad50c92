package io.leasehold.exploration;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes one object what another is, so that both can go on from there: what is read of it and
 * changed later is copied, what never changes is shared.
 *
 * <p>The other is made as such objects are made, so that its final fields hold parts of its own;
 * those are filled, one by one. A part that several know is filled once.
 */
final class Twin {

    private Twin() {}

    /** Fills a fresh object with what the other holds. */
    static <T> T of(T original, T fresh) {
        for (Field field : Inside.fields(original.getClass())) {
            Object value = Inside.read(field, original);
            if (!Modifier.isFinal(field.getModifiers())) {
                // A map that is replaced by a smaller one once it is empty is changed until then.
                Inside.write(
                        field, fresh, value instanceof HashMap<?, ?> map ? map.clone() : value);
            } else if (value instanceof Map<?, ?> || value instanceof Collection<?>) {
                Object filled = Inside.read(field, fresh);
                // What both were given is the same, and may be unmodifiable.
                if (!value.equals(filled)) {
                    fill(value, filled);
                }
            } else if (!isValue(value) && Meaning.of(field) != Meaning.GIVEN) {
                of(value, Inside.read(field, fresh));
            }
        }
        return fresh;
    }

    /** A value never changes, so that both may have it. */
    private static boolean isValue(Object value) {
        return value instanceof Record
                || value instanceof Enum<?>
                || value.getClass().getName().startsWith("java.");
    }

    @SuppressWarnings("unchecked")
    private static void fill(Object from, Object into) {
        if (from instanceof Map<?, ?> map) {
            Map<Object, Object> filled = (Map<Object, Object>) into;
            filled.clear();
            filled.putAll(map);
        } else {
            Collection<Object> filled = (Collection<Object>) into;
            filled.clear();
            filled.addAll((Collection<?>) from);
        }
    }
}
