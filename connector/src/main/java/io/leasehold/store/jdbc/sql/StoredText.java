package io.leasehold.store.jdbc.sql;

import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Names;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How stored texts say what has no column of its own. */
public final class StoredText {

    private static final String LINE_SEPARATOR = "\n";

    private StoredText() {}

    /** Names, one a line, as {@link #lines(String)} reads them; names have no line breaks. */
    public static String lines(Set<String> names) {
        return String.join(LINE_SEPARATOR, names);
    }

    public static Set<String> lines(String names) {
        return names.isEmpty() ? Set.of() : Set.copyOf(List.of(names.split(LINE_SEPARATOR, -1)));
    }

    /** As {@link #excluded(String)} reads them: a line for each member. */
    public static String excluded(Map<String, Exclusion> excluded) {
        return new TreeMap<>(excluded)
                .entrySet().stream()
                        .map(member -> member.getValue().name() + ' ' + member.getKey())
                        .collect(Collectors.joining(LINE_SEPARATOR));
    }

    public static Map<String, Exclusion> excluded(String lines) {
        if (lines.isEmpty()) {
            return Map.of();
        }
        Map<String, Exclusion> excluded = new HashMap<>();
        for (String line : lines.split(LINE_SEPARATOR, -1)) {
            int end = Math.max(line.indexOf(' '), 0);
            String member = line.substring(end).stripLeading();
            Names.require("id of an excluded member", member);
            excluded.put(
                    member,
                    constant(Exclusion.class, "reason of an exclusion", line.substring(0, end)));
        }
        return excluded;
    }

    /** What else it may be is said to whoever changed it by hand. */
    static <E extends Enum<E>> E constant(Class<E> type, String column, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(text))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "The %s is '%s'; it may be one of %s."
                                                .formatted(
                                                        column,
                                                        text,
                                                        Arrays.toString(type.getEnumConstants()))));
    }
}
