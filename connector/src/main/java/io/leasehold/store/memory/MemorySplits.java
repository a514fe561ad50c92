package io.leasehold.store.memory;

import io.leasehold.lease.model.Lease;
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

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a table in memory answers about splits. */
record MemorySplits(MemoryLeaseTable table) implements SplitRequest.Answers {

    @Override
    public LeaseOutcome<Set<String>> discover(Discover discover) {
        return table.inAs(
                discover.by(),
                discover.group(),
                group ->
                        group.put(
                                discover.splits(),
                                split ->
                                        group.row(split.splitId()).isPresent()
                                                ? Optional.empty()
                                                : Optional.of(MemoryRow.of(split))));
    }

    @Override
    public LeaseOutcome<LeaseChanges> read(Read read) {
        return table.inLine(
                read.seen(),
                read.group(),
                group -> {
                    List<Lease> changed =
                            group.rows().stream()
                                    .map(MemoryRow::lease)
                                    .filter(lease -> lease.version() > read.since())
                                    .toList();
                    return new Applied<>(new LeaseChanges(group.changeNumber(), changed, Map.of()));
                });
    }

    @Override
    public LeaseOutcome<Optional<Progress>> locate(Locate locate) {
        return table.in(
                locate.group(), group -> group.row(locate.splitId()).map(MemoryRow::progress));
    }

    @Override
    public LeaseOutcome<Set<String>> exclude(Exclude exclude) {
        return table.inAs(
                exclude.by(),
                exclude.group(),
                group ->
                        group.change(
                                exclude.splits(),
                                Exclude.Excluded::splitId,
                                (row, split) -> row.isAsRead(split.version()),
                                (row, split) -> row.excluding(split.excluded())));
    }

    @Override
    public LeaseOutcome<Set<String>> rate(Rate rate) {
        return table.in(
                rate.group(),
                group ->
                        group.change(
                                rate.splits(),
                                Rate.Rated::splitId,
                                (row, split) -> row.isOwnedBy(rate.by(), split.epoch()),
                                (row, split) -> row.rated(split.perSecond())));
    }
}
