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

    /** Names splits, in the order in which they are locked. */
    public <S> NamedSplits<S> naming(List<S> splits, Function<S, String> splitId) {
        return new NamedSplits<>(LockOrder.of(splits, splitId)).with(Named.SPLIT, splitId);
    }

    /** Names splits with the epochs in which they are owned. */
    public <S> NamedSplits<S> naming(
            List<S> splits, Function<S, String> splitId, Function<S, Long> epoch) {
        return naming(splits, splitId).with(Named.EPOCH, epoch);
    }

    /** What is said of each split. */
    public final class NamedSplits<S> {

        private final List<S> splits;

        private NamedSplits(List<S> splits) {
            this.splits = splits;
        }

        public NamedSplits<S> with(Named named, Function<S, ?> value) {
            byName.put(named.parameter(), Column.of(named.type(), splits, value));
            return this;
        }

        /** The columns that a position is written to. */
        public NamedSplits<S> progress(Function<S, Progress> at) {
            return with(Named.PROGRESS, at.andThen(Progress::bytes))
                    .with(Named.SERIALIZER, at.andThen(Progress::serializerVersion))
                    .with(Named.TEXT, at.andThen(Progress::text))
                    .with(Named.CHECKPOINT, at.andThen(Progress::checkpointId));
        }

        public Values values() {
            return Values.this;
        }
    }

    public Values orders(Orders orders) {
        return with("ordered_drain", orders.drain())
                .with("ordered_weight", orders.weight().orElse(LeaseSql.NO_WEIGHT));
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
