package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.lease.store.SplitRequest.Exclude;
import io.leasehold.lease.store.SplitRequest.Locate;
import io.leasehold.lease.store.SplitRequest.Rate;
import io.leasehold.lease.store.SplitRequest.Read;
import io.leasehold.store.jdbc.sql.LeaseRows;
import io.leasehold.store.jdbc.sql.LeaseSql;
import io.leasehold.store.jdbc.sql.Named;
import io.leasehold.store.jdbc.sql.SplitChange;
import io.leasehold.store.jdbc.sql.StoredText;
import io.leasehold.store.jdbc.sql.Values;

import java.util.Optional;
import java.util.Set;

/** Which statements make up the requests about splits. */
record JdbcSplits(JdbcRequests requests) implements SplitRequest.Answers {

    @Override
    public LeaseOutcome<Set<String>> discover(Discover discover) {
        Values values =
                Values.of(discover.group())
                        .naming(discover.splits(), Discover.NewSplit::splitId)
                        .with(Named.PARENTS, split -> StoredText.lines(split.parents()))
                        .progress(Discover.NewSplit::start)
                        .values();
        return requests.changingAs(
                discover.by(),
                discover.group(),
                0,
                (session, group) ->
                        ChangedSplits.by(session, session.dialect().discover(), values, group));
    }

    @Override
    public LeaseOutcome<LeaseChanges> read(Read read) {
        Values values = Values.of(read.group()).with("since", read.since()).seen(read.seen());
        return requests.single(
                session ->
                        new Applied<>(
                                LeaseRows.changes(
                                        session.query(
                                                LeaseSql.CHANGED_SINCE, values, LeaseRows::change),
                                        session.dialect().schema(),
                                        read.seen())));
    }

    @Override
    public LeaseOutcome<Optional<Progress>> locate(Locate locate) {
        Values values = Values.of(locate.group()).with("split", locate.splitId());
        return requests.single(
                session ->
                        new Applied<>(
                                session
                                        .query(LeaseSql.PROGRESS, values, LeaseRows::progress)
                                        .stream()
                                        .findFirst()));
    }

    @Override
    public LeaseOutcome<Set<String>> exclude(Exclude exclude) {
        Values values =
                Values.of(exclude.group())
                        .by(exclude.by())
                        .naming(exclude.splits(), Exclude.Excluded::splitId)
                        .with(Named.VERSION, Exclude.Excluded::version)
                        .with(Named.EXCLUDED, split -> StoredText.excluded(split.excluded()))
                        .values();
        return requests.changeAs(exclude.by(), exclude.group(), SplitChange.EXCLUDE, values);
    }

    @Override
    public LeaseOutcome<Set<String>> rate(Rate rate) {
        Values values =
                Values.of(rate.group())
                        .by(rate.by())
                        .naming(rate.splits(), Rate.Rated::splitId, Rate.Rated::epoch)
                        .with(Named.RATE, Rate.Rated::perSecond)
                        .values();
        return requests.changing(
                rate.group(),
                0,
                (session, group) -> ChangedSplits.by(session, SplitChange.RATE, values, group));
    }
}
