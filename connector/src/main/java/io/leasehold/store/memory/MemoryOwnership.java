package io.leasehold.store.memory;

import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Claim;
import io.leasehold.lease.store.OwnershipRequest.Finish;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.OwnershipRequest.Withdraw;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** What a table in memory answers about who owns what. */
record MemoryOwnership(MemoryLeaseTable table) implements OwnershipRequest.Answers {

    @Override
    public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
        return table.inLine(
                acquire.seen(),
                acquire.group(),
                group -> group.ifWriter(acquire.by(), writer -> taken(writer, acquire)));
    }

    private static List<Acquire.Taken> taken(MemoryGroup group, Acquire acquire) {
        boolean drained =
                group.member(acquire.by().memberId())
                        .filter(row -> row.state() == MemberState.DRAINED)
                        .isPresent();
        BiPredicate<MemoryRow, Acquire.Wanted> condition =
                (row, wanted) -> !drained && row.isUnfinishedAsRead(wanted.version());
        seal(group, acquire, condition);
        return group
                .change(
                        acquire.splits(),
                        Acquire.Wanted::splitId,
                        condition,
                        (row, wanted) -> row.acquired(acquire.by(), wanted))
                .stream()
                .map(group::row)
                .flatMap(Optional::stream)
                .map(row -> new Acquire.Taken(row.lease(), row.progress()))
                .toList();
    }

    /** Seals the owners of the splits that will be acquired, where they are over. */
    private static void seal(
            MemoryGroup group, Acquire acquire, BiPredicate<MemoryRow, Acquire.Wanted> condition) {
        for (Acquire.Wanted wanted : acquire.splits()) {
            Optional<MemoryRow> acquired =
                    group.row(wanted.splitId()).filter(row -> condition.test(row, wanted));
            acquired.flatMap(row -> row.lease().owner())
                    .filter(owner -> !group.mayWrite(owner))
                    .ifPresent(group.decided()::seal);
            acquired.ifPresent(row -> group.decided().acquiredBy(acquire.by()));
        }
    }

    @Override
    public LeaseOutcome<Set<String>> record(Record record) {
        return table.in(
                record.group(),
                group -> {
                    Set<String> held = new LinkedHashSet<>();
                    for (Recorded split : record.splits()) {
                        group.row(split.splitId())
                                .filter(row -> row.accepts(record.by(), split))
                                .ifPresent(
                                        row -> {
                                            group.record(row.recorded(split));
                                            held.add(split.splitId());
                                        });
                    }
                    return Collections.unmodifiableSet(held);
                });
    }

    @Override
    public LeaseOutcome<Set<String>> finish(Finish finish) {
        return table.in(
                finish.group(),
                group ->
                        group.change(
                                finish.splits(),
                                Recorded::splitId,
                                (row, split) -> row.accepts(finish.by(), split),
                                MemoryRow::finished));
    }

    @Override
    public LeaseOutcome<Set<String>> release(Release release) {
        return table.in(
                release.group(),
                group ->
                        group.change(
                                release.splits(),
                                Release.Released::splitId,
                                (row, split) -> row.isOwnedBy(release.by(), split.epoch()),
                                (row, split) -> row.released(release.by(), split)));
    }

    @Override
    public LeaseOutcome<Set<String>> claim(Claim claim) {
        String claimant = claim.by().memberId();
        return table.inAs(
                claim.by(),
                claim.group(),
                group ->
                        group.change(
                                claim.splits(),
                                Claim.Claimed::splitId,
                                (row, split) ->
                                        row.isUnfinishedAsRead(split.version())
                                                && !row.isUnowned()
                                                && !row.isOwnedBy(claimant),
                                (row, split) -> row.claimed(Optional.of(split.by(claimant)))));
    }

    @Override
    public LeaseOutcome<Set<String>> withdraw(Withdraw withdraw) {
        return table.inAs(
                withdraw.by(),
                withdraw.group(),
                group ->
                        group.change(
                                withdraw.splitIds(),
                                Function.identity(),
                                (row, splitId) -> row.isClaimedBy(withdraw.by().memberId()),
                                (row, splitId) -> row.claimed(Optional.empty())));
    }
}
