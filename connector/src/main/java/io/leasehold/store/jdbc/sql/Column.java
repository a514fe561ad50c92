package io.leasehold.store.jdbc.sql;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * One value for each split of a request, sent as one parameter.
 *
 * @param type what the values are
 * @param values one per split, in the order of the request
 */
public record Column(Type type, Object[] values) {

    /** What a column can hold; each dialect has its own names for them. */
    public enum Type {
        NAME(String[]::new),
        TEXT(String[]::new),
        NUMBER(Long[]::new),
        INTEGER(Integer[]::new),
        REAL(Double[]::new),
        BYTES(byte[][]::new);

        private final IntFunction<Object[]> array;

        Type(IntFunction<Object[]> array) {
            this.array = array;
        }
    }

    public static <S> Column of(Type type, List<S> splits, Function<S, ?> value) {
        return new Column(type, splits.stream().map(value).toArray(type.array));
    }
}
