package io.leasehold.store.jdbc.sql;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Progress;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What the parameters of a statement stand for. */
public final class Values {

    /** All that are a {@link Column}, as one text: {@link JsonRows}. */
    public static final String ROWS = "rows";

    private final Map<String, Object> byName = new HashMap<>();

    private Values(String group) {
        byName.put("group", group);
        byName.put("seen", "");
    }

    /** Every statement is about one group. */
    public static Values of(String group) {
        return new Values(group);
    }

    public Values by(Incarnation incarnation) {
        return with("member", incarnation.memberId()).with("incarnation", incarnation.id());
    }

    /** The change number that the sender saw last, as a pattern for the group's line. */
    public Values seen(long number) {
        return number == 0 ? this : with("seen", "%," + number + ",%");
    }

    public Values with(String name, Object value) {
        byName.put(name, value);
        return this;
    }

    /** What is said of each split. */
    public <S> Values with(Named named, List<S> splits, Function<S, ?> value) {
        return with(named.parameter(), Column.of(named.type(), splits, value));
    }

    public Values orders(Orders orders) {
        return with("ordered_drain", orders.drain())
                .with("ordered_weight", orders.weight().orElse(LeaseSql.NO_WEIGHT));
    }

    /** The columns that a position is written to, one row for each split. */
    public Values progress(List<Progress> progress) {
        return with(Named.PROGRESS, progress, Progress::bytes)
                .with(Named.SERIALIZER, progress, Progress::serializerVersion)
                .with(Named.TEXT, progress, Progress::text)
                .with(Named.CHECKPOINT, progress, Progress::checkpointId);
    }

    public Object get(String name) {
        Object value = name.equals(ROWS) ? rows() : byName.get(name);
        if (value == null) {
            throw new IllegalStateException("The parameter " + name + " has no value.");
        }
        return value;
    }

    private String rows() {
        Map<String, Column> columns = new TreeMap<>();
        byName.forEach(
                (name, value) -> {
                    if (value instanceof Column column) {
                        columns.put(name, column);
                    }
                });
        return JsonRows.of(columns);
    }
}
