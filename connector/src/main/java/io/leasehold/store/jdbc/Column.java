package io.leasehold.store.jdbc;

import java.util.List;
import java.util.function.Function;

/**
 * One value for each split of a request, sent as one parameter.
 *
 * @param type what the values are
 * @param values one per split, in the order of the request
 */
record Column(Type type, Object[] values) {

    /** What a column can hold; each dialect has its own names for them. */
    enum Type {
        TEXT,
        NUMBER,
        INTEGER,
        REAL,
        BYTES
    }

    static <S> Column text(List<S> splits, Function<S, String> value) {
        return new Column(Type.TEXT, splits.stream().map(value).toArray(String[]::new));
    }

    static <S> Column number(List<S> splits, Function<S, Long> value) {
        return new Column(Type.NUMBER, splits.stream().map(value).toArray(Long[]::new));
    }

    static <S> Column integer(List<S> splits, Function<S, Integer> value) {
        return new Column(Type.INTEGER, splits.stream().map(value).toArray(Integer[]::new));
    }

    static <S> Column real(List<S> splits, Function<S, Double> value) {
        return new Column(Type.REAL, splits.stream().map(value).toArray(Double[]::new));
    }

    static <S> Column bytes(List<S> splits, Function<S, byte[]> value) {
        return new Column(Type.BYTES, splits.stream().map(value).toArray(byte[][]::new));
    }
}
