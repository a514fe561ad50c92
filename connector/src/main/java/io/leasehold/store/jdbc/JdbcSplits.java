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
import io.leasehold.store.jdbc.sql.LockOrder;
import io.leasehold.store.jdbc.sql.Named;
import io.leasehold.store.jdbc.sql.SplitChange;
import io.leasehold.store.jdbc.sql.StoredText;
import io.leasehold.store.jdbc.sql.Values;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which statements make up the requests about splits. */
record JdbcSplits(JdbcRequests requests) implements SplitRequest.Answers {

    @Override
    public LeaseOutcome<Set<String>> discover(Discover discover) {
        List<Discover.NewSplit> splits =
                LockOrder.of(discover.splits(), Discover.NewSplit::splitId);
        Values values =
                Values.of(discover.group())
                        .with(Named.SPLIT, splits, Discover.NewSplit::splitId)
                        .with(Named.PARENTS, splits, split -> StoredText.lines(split.parents()))
                        .progress(splits.stream().map(Discover.NewSplit::start).toList());
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
        List<Exclude.Excluded> splits = LockOrder.of(exclude.splits(), Exclude.Excluded::splitId);
        Values values =
                Values.of(exclude.group())
                        .by(exclude.by())
                        .with(Named.SPLIT, splits, Exclude.Excluded::splitId)
                        .with(Named.VERSION, splits, Exclude.Excluded::version)
                        .with(
                                Named.EXCLUDED,
                                splits,
                                split -> StoredText.excluded(split.excluded()));
        return requests.changeAs(exclude.by(), exclude.group(), SplitChange.EXCLUDE, values);
    }

    @Override
    public LeaseOutcome<Set<String>> rate(Rate rate) {
        List<Rate.Rated> splits = LockOrder.of(rate.splits(), Rate.Rated::splitId);
        Values values =
                Values.of(rate.group())
                        .by(rate.by())
                        .with(Named.SPLIT, splits, Rate.Rated::splitId)
                        .with(Named.EPOCH, splits, Rate.Rated::epoch)
                        .with(Named.RATE, splits, Rate.Rated::perSecond);
        return requests.changing(
                rate.group(),
                0,
                (session, group) -> ChangedSplits.by(session, SplitChange.RATE, values, group));
    }
}
