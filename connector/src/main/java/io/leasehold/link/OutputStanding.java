package io.leasehold.link;

import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * How the output of a member stands in the lease table, when an incarnation of it has joined.
 *
 * @param me the incarnation. What a task was told by an earlier one does not count any more
 * @param line the line of Flink state that the job is on
 * @param decided the last checkpoint, up to the one that the job is restored from, that is decided
 *     or covered by what is decided; empty if there is none
 * @param restoredIsVoid whether the checkpoint that the job is restored from was never decided and
 *     never can be
 * @param rows decided output of this member that may not be committed yet
 */
public record OutputStanding(
        String group,
        Incarnation me,
        StateLine line,
        OptionalLong decided,
        boolean restoredIsVoid,
        List<DecidedOutput> rows) {

    public OutputStanding {
        Objects.requireNonNull(group);
        Objects.requireNonNull(me);
        Objects.requireNonNull(line);
        Objects.requireNonNull(decided);
        rows = List.copyOf(rows);
    }

    /** The same, with rows of this sink only. */
    OutputStanding of(String sinkId) {
        return new OutputStanding(
                group,
                me,
                line,
                decided,
                restoredIsVoid,
                rows.stream().filter(row -> row.key().sinkId().equals(sinkId)).toList());
    }
}
