package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Claim;
import io.leasehold.lease.store.OwnershipRequest.Finish;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.OwnershipRequest.Withdraw;
import io.leasehold.store.jdbc.sql.LeaseRows;
import io.leasehold.store.jdbc.sql.LeaseSql;
import io.leasehold.store.jdbc.sql.Named;
import io.leasehold.store.jdbc.sql.SplitChange;
import io.leasehold.store.jdbc.sql.SplitQuery;
import io.leasehold.store.jdbc.sql.Sql;
import io.leasehold.store.jdbc.sql.Values;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Which statements make up the requests about who owns what. */
record JdbcOwnership(JdbcRequests requests) implements OwnershipRequest.Answers {

    @Override
    public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
        Values values =
                Values.of(acquire.group())
                        .by(acquire.by())
                        .naming(acquire.splits(), Acquire.Wanted::splitId)
                        .with(Named.VERSION, Acquire.Wanted::version)
                        .with(Named.TENURE, Acquire.Wanted::tenure)
                        .with(Named.BEYOND, Acquire.Wanted::beyond)
                        .values();
        return requests.changingAs(
                acquire.by(),
                acquire.group(),
                acquire.seen(),
                (session, group) -> {
                    values.with("version", group.changeNumber());
                    if (isDrained(group, acquire.by())) {
                        return new Applied<>(List.of());
                    }
                    StoredDecisions.sealFor(session, group, acquire, values);
                    if (session.update(session.dialect().change(SplitChange.ACQUIRE), values)
                            == 0) {
                        return new Applied<>(List.of());
                    }
                    List<Optional<Acquire.Taken>> taken =
                            session.query(LeaseSql.TAKEN, values, LeaseRows::taken);
                    session.commit();
                    return new Applied<>(taken.stream().flatMap(Optional::stream).toList());
                });
    }

    private static boolean isDrained(Membership group, Incarnation by) {
        return group.member(by.memberId())
                .filter(row -> row.state() == MemberState.DRAINED)
                .isPresent();
    }

    @Override
    public LeaseOutcome<Set<String>> record(Record record) {
        return requests.single(
                session ->
                        new Applied<>(
                                recorded(
                                        session,
                                        session.dialect().recordAlone(),
                                        record.group(),
                                        record.by(),
                                        record.splits())));
    }

    @Override
    public LeaseOutcome<Set<String>> finish(Finish finish) {
        return requests.changing(
                finish.group(),
                0,
                (session, group) -> {
                    Set<String> held =
                            recorded(
                                    session,
                                    session.dialect().change(SplitChange.RECORD),
                                    finish.group(),
                                    finish.by(),
                                    finish.splits());
                    List<Recorded> finished =
                            finish.splits().stream()
                                    .filter(split -> held.contains(split.splitId()))
                                    .toList();
                    Values values =
                            Values.of(finish.group())
                                    .by(finish.by())
                                    .with("finished", true)
                                    .naming(finished, Recorded::splitId, Recorded::epoch)
                                    .values();
                    return ChangedSplits.by(session, SplitChange.RELEASE, values, group);
                });
    }

    @Override
    public LeaseOutcome<Set<String>> release(Release release) {
        return requests.changing(
                release.group(),
                0,
                (session, group) -> {
                    // Only some have a position: each is locked in the one order before that.
                    Set<String> owned = owned(session, values(release, release.splits()));
                    List<Release.Released> splits =
                            release.splits().stream()
                                    .filter(split -> owned.contains(split.splitId()))
                                    .toList();
                    recorded(
                            session,
                            session.dialect().change(SplitChange.RECORD),
                            release.group(),
                            release.by(),
                            splits.stream()
                                    .map(Release.Released::recorded)
                                    .flatMap(Optional::stream)
                                    .toList());
                    return ChangedSplits.by(
                            session,
                            SplitChange.RELEASE,
                            values(release, splits).with("finished", false),
                            group);
                });
    }

    private static Values values(Release release, List<Release.Released> splits) {
        return Values.of(release.group())
                .by(release.by())
                .naming(splits, Release.Released::splitId, Release.Released::epoch)
                .values();
    }

    /** Locks those that the incarnation owns in the epochs named, and reads which those are. */
    static Set<String> owned(JdbcSession session, Values values) throws SQLException {
        return Set.copyOf(
                session.query(
                        session.dialect().query(SplitQuery.OWNED),
                        values,
                        row -> row.getString("split_id")));
    }

    /** Records positions of splits that the incarnation owns, and reads which those are. */
    static Set<String> recorded(
            JdbcSession session, Sql sql, String group, Incarnation by, List<Recorded> splits)
            throws SQLException {
        Values values =
                Values.of(group)
                        .by(by)
                        .naming(splits, Recorded::splitId, Recorded::epoch)
                        .progress(Recorded::progress)
                        .values();
        return Set.copyOf(session.query(sql, values, row -> row.getString("split_id")));
    }

    @Override
    public LeaseOutcome<Set<String>> claim(Claim claim) {
        Values values =
                Values.of(claim.group())
                        .by(claim.by())
                        .naming(claim.splits(), Claim.Claimed::splitId)
                        .with(Named.VERSION, Claim.Claimed::version)
                        .with(Named.KIND, split -> split.kind().name())
                        .values();
        return requests.changeAs(claim.by(), claim.group(), SplitChange.CLAIM, values);
    }

    @Override
    public LeaseOutcome<Set<String>> withdraw(Withdraw withdraw) {
        Values values =
                Values.of(withdraw.group())
                        .by(withdraw.by())
                        .naming(withdraw.splitIds(), Function.identity())
                        .values();
        return requests.changeAs(withdraw.by(), withdraw.group(), SplitChange.WITHDRAW, values);
    }
}
