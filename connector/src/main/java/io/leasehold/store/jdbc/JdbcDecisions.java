package io.leasehold.store.jdbc;

import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.Decision;
import io.leasehold.lease.store.DecisionRequest;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;
import io.leasehold.lease.store.DecisionRequest.Decide.Then;
import io.leasehold.lease.store.DecisionRequest.DropOutput;
import io.leasehold.lease.store.DecisionRequest.ReadDecisions;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.store.jdbc.sql.DecisionRows;
import io.leasehold.store.jdbc.sql.DecisionSql;
import io.leasehold.store.jdbc.sql.SplitChange;
import io.leasehold.store.jdbc.sql.Values;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which statements make up the requests about decided checkpoints. */
record JdbcDecisions(JdbcRequests requests) implements DecisionRequest.Answers {

    @Override
    public LeaseOutcome<Decision> decide(Decide decide) {
        return requests.locking(
                decide.group(), decide.seen(), (session, group) -> decide(session, group, decide));
    }

    private static LeaseOutcome<Decision> decide(
            JdbcSession session, Membership group, Decide decide)
            throws SQLException, LeaseStoreException {
        Decisions now = StoredDecisions.last(session, decide.group(), decide.by().memberId());
        Incarnation owner = decide.checkpoint().incarnation();
        if (now.cover(decide.checkpoint())) {
            return new Applied<>(new Decision.Decided());
        }
        if (!group.mayWrite(decide.by())) {
            return Refused.mayNotWrite(decide.by());
        }
        if (decide.isLate() && now.isSealed(owner)) {
            return new Applied<>(new Decision.Sealed());
        }
        Set<String> lost = lost(session, decide);
        if (!lost.isEmpty()) {
            return new Applied<>(new Decision.SplitsLost(lost));
        }
        JdbcOwnership.recorded(
                session,
                session.dialect().change(SplitChange.RECORD),
                decide.group(),
                owner,
                decide.splits().stream().map(DecidedSplit::recorded).toList());
        release(session, decide);
        StoredDecisions.delete(session, decide.group(), decide.committed());
        StoredDecisions.write(session, decide.group(), decide.checkpoint(), decide.decidedOutput());
        session.commit();
        return new Applied<>(new Decision.Decided());
    }

    private static Set<String> lost(JdbcSession session, Decide decide) throws SQLException {
        Set<String> named =
                decide.splits().stream().map(DecidedSplit::splitId).collect(Collectors.toSet());
        if (!named.isEmpty()) {
            named.removeAll(JdbcOwnership.owned(session, values(decide, decide.splits())));
        }
        return named;
    }

    /** Releases and finishes splits under the next change number, which only that takes. */
    private static void release(JdbcSession session, Decide decide)
            throws SQLException, LeaseStoreException {
        if (decide.splits().stream().allMatch(split -> split.then() == Then.OWNED)) {
            return;
        }
        long version = GroupLock.nextChange(session, decide.group());
        for (Then then : List.of(Then.RELEASED, Then.FINISHED)) {
            List<DecidedSplit> splits =
                    decide.splits().stream().filter(split -> split.then() == then).toList();
            if (!splits.isEmpty()) {
                session.update(
                        session.dialect().change(SplitChange.RELEASE),
                        values(decide, splits)
                                .with("version", version)
                                .with("finished", then == Then.FINISHED));
            }
        }
    }

    private static Values values(Decide decide, List<DecidedSplit> splits) {
        return Values.of(decide.group())
                .by(decide.checkpoint().incarnation())
                .naming(splits, DecidedSplit::splitId, DecidedSplit::epoch)
                .values();
    }

    @Override
    public LeaseOutcome<Decisions> readDecisions(ReadDecisions read) {
        return requests.single(
                session ->
                        new Applied<>(StoredDecisions.of(session, read.group(), read.memberId())));
    }

    @Override
    public LeaseOutcome<Set<DecidedOutput.Key>> dropOutput(DropOutput drop) {
        return requests.locking(
                drop.group(),
                0,
                (session, group) -> {
                    if (!group.mayWrite(drop.by())) {
                        return Refused.mayNotWrite(drop.by());
                    }
                    Set<DecidedOutput.Key> there =
                            session
                                    .query(
                                            DecisionSql.OUTPUT_KEYS,
                                            Values.of(drop.group()),
                                            DecisionRows::key)
                                    .stream()
                                    .flatMap(Optional::stream)
                                    .collect(Collectors.toSet());
                    there.retainAll(Set.copyOf(drop.committed()));
                    StoredDecisions.delete(session, drop.group(), there);
                    session.commit();
                    return new Applied<>(there);
                });
    }
}
