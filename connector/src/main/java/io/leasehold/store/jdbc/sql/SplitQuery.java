package io.leasehold.store.jdbc.sql;

import java.util.List;

/**
 * What a request reads of the splits that it names. A dialect makes it a statement; {@code r} and
 * {@code l} are as in {@link SplitChange}.
 */
public enum SplitQuery {
    /** The owners, other than {@code :member}, of those that {@link SplitChange#ACQUIRE} gets. */
    OWNERS(
            List.of(Named.SPLIT, Named.VERSION),
            "DISTINCT l.owner, l.owner_incarnation",
            "l.version = r.version AND NOT l.finished AND l.owner IS NOT NULL AND l.owner <> :member"),

    /**
     * Those that {@code :incarnation} owns in the epoch named. They are locked in the order in
     * which they are named, until the transaction ends.
     */
    OWNED(List.of(Named.SPLIT, Named.EPOCH), "l.split_id", SplitChange.OWNED);

    private final List<Named> named;
    private final String columns;
    private final String condition;

    SplitQuery(List<Named> named, String columns, String condition) {
        this.named = named;
        this.columns = columns;
        this.condition = condition;
    }

    /** What is said of each split, first of all its id. */
    List<Named> named() {
        return named;
    }

    /** What is read. */
    String columns() {
        return columns;
    }

    boolean locks() {
        return this == OWNED;
    }

    /** Of {@code l} and {@code r}. */
    String condition() {
        return condition;
    }
}
