package io.leasehold.store.jdbc.sql;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * The one order in which every transaction locks leases. Positions are recorded without the group's
 * lock: two requests that lock the same rows in different orders would wait for each other, until
 * the database ends one of them.
 */
public final class LockOrder {

    private LockOrder() {}

    /** The same splits in that order, to be named to the database in it. */
    public static <S> List<S> of(List<S> splits, Function<S, String> splitId) {
        return splits.stream().sorted(Comparator.comparing(splitId)).toList();
    }
}
