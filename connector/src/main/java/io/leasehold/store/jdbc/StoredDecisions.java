package io.leasehold.store.jdbc;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.store.jdbc.sql.DecisionRows;
import io.leasehold.store.jdbc.sql.DecisionSql;
import io.leasehold.store.jdbc.sql.SplitQuery;
import io.leasehold.store.jdbc.sql.Values;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The decided checkpoints of members, and their output, in a transaction that has the group. */
final class StoredDecisions {

    /** An owner as a row names it, whether or not that is a name. */
    private record Owner(String memberId, String incarnation) {

        boolean isOver(Membership group) {
            return group.members().stream()
                    .filter(row -> row.state() != MemberState.CLOSED)
                    .map(row -> new Owner(row.id(), row.incarnation().id()))
                    .noneMatch(this::equals);
        }

        Values unseal(String group, String unsealed) {
            return Values.of(group)
                    .with("member", memberId)
                    .with("incarnation", incarnation)
                    .with("unsealed", unsealed);
        }
    }

    private StoredDecisions() {}

    /** What a member decided last, without its output. */
    static Decisions last(JdbcSession session, String group, String memberId) throws SQLException {
        return session
                .query(
                        DecisionSql.LAST,
                        Values.of(group).with("member", memberId),
                        DecisionRows::last)
                .stream()
                .findFirst()
                .orElse(Decisions.NONE);
    }

    /**
     * What a member decided last, with its output. The table of output is not looked at for one
     * that has decided nothing: the user of a job without a leased sink may have no right to.
     */
    static Decisions of(JdbcSession session, String group, String memberId) throws SQLException {
        Decisions last = last(session, group, memberId);
        return last.last().isEmpty() && last.unreadable().isEmpty()
                ? last
                : DecisionRows.with(
                        session.query(
                                DecisionSql.OUTPUT,
                                Values.of(group).with("member", memberId),
                                DecisionRows::output),
                        last);
    }

    static void write(
            JdbcSession session,
            String group,
            DecidedCheckpoint checkpoint,
            Collection<DecidedOutput> output)
            throws SQLException {
        session.update(DecisionSql.DECIDE, values(group, checkpoint));
        session.updateEach(
                DecisionSql.INSERT_OUTPUT,
                output.stream()
                        .map(one -> values(group, one.key()).with("output", one.bytes()))
                        .toList());
    }

    /** Deletes that output, as far as it is there. */
    static void delete(JdbcSession session, String group, Set<DecidedOutput.Key> keys)
            throws SQLException {
        session.updateEach(
                DecisionSql.DELETE_OUTPUT,
                keys.stream().sorted().map(key -> values(group, key)).toList());
    }

    private static Values values(String group, DecidedCheckpoint checkpoint) {
        return Values.of(group)
                .by(checkpoint.incarnation())
                .with("line", checkpoint.line().id())
                .with("checkpoint", checkpoint.checkpointId());
    }

    private static Values values(String group, DecidedOutput.Key key) {
        return values(group, key.checkpoint()).with("sink", key.sinkId());
    }

    /**
     * Seals those who own the splits that will be acquired and are over, and the earlier
     * incarnations of the one that acquires them.
     *
     * @param splits values of the request
     */
    static void sealFor(JdbcSession session, Membership group, Acquire acquire, Values splits)
            throws SQLException {
        Incarnation by = acquire.by();
        List<Owner> owners =
                session.query(
                        session.dialect().query(SplitQuery.OWNERS),
                        splits,
                        row ->
                                new Owner(
                                        row.getString("owner"),
                                        row.getString("owner_incarnation")));
        List<Values> each = new ArrayList<>();
        for (Owner owner : owners) {
            if (owner.isOver(group)) {
                each.add(owner.unseal(acquire.group(), ""));
            }
        }
        each.add(new Owner(by.memberId(), by.id()).unseal(acquire.group(), by.id()));
        session.updateEach(DecisionSql.UNSEAL, each);
    }
}
