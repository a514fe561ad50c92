package io.leasehold.testkit;

import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.MembershipRequest.Declare;
import io.leasehold.lease.store.MembershipRequest.Join;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Acquire.Wanted;
import io.leasehold.lease.store.OwnershipRequest.Claim;
import io.leasehold.lease.store.OwnershipRequest.Claim.Claimed;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.OwnershipRequest.Release.Released;
import io.leasehold.lease.store.OwnershipRequest.Withdraw;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.lease.store.SplitRequest.Exclude;
import io.leasehold.lease.store.SplitRequest.Rate;
import io.leasehold.lease.store.SplitRequest.Read;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

import static io.leasehold.testkit.ForwardingStore.changed;

/** Tables that ignore one condition each, by asking for what they would not have been asked. */
public final class BrokenTables {

    private BrokenTables() {}

    private static Optional<Lease> lease(LeaseStore table, String group, String splitId) {
        List<Lease> all =
                table.ask(new Read(group, 0))
                        .match(LeaseChanges::leases, refused -> List.of(), unknown -> List.of());
        return all.stream().filter(lease -> lease.splitId().equals(splitId)).findFirst();
    }

    private static Optional<Lease> owned(LeaseStore table, String group, String splitId) {
        return lease(table, group, splitId).filter(lease -> lease.owner().isPresent());
    }

    private static Membership members(LeaseStore table, String group) {
        return table.ask(new Open(group))
                .match(
                        membership -> membership,
                        refused -> new Membership(0, List.of()),
                        unknown -> new Membership(0, List.of()));
    }

    /** Asks about one split after the other, of those that an answer comes to mind for. */
    private static <S> LeaseOutcome<Set<String>> each(
            LeaseStore table,
            List<S> splits,
            Function<S, Optional<? extends LeaseRequest<Set<String>>>> one) {
        Set<String> held = new TreeSet<>();
        for (S split : splits) {
            one.apply(split).ifPresent(request -> held.addAll(applied(table.ask(request))));
        }
        return new Applied<>(held);
    }

    private static Set<String> applied(LeaseOutcome<Set<String>> outcome) {
        return outcome.match(done -> done, refused -> Set.of(), unknown -> Set.of());
    }

    /** Join replaces whatever row there is. */
    public static LeaseStore joinsUnconditionally(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Join.class,
                        join ->
                                table.ask(
                                        new Join(
                                                join.group(),
                                                join.member(),
                                                members(table, join.group())
                                                        .member(join.member().id()))));
    }

    /** What is said to be excluded is answered as if nobody were. */
    public static LeaseStore hidesExclusions(LeaseStore table) {
        return new ForwardingStore(table)
                .on(Read.class, read -> changed(table.ask(read), BrokenTables::readable));
    }

    private static LeaseChanges readable(LeaseChanges all) {
        return new LeaseChanges(
                all.changeNumber(),
                all.leases().stream().map(BrokenTables::readable).toList(),
                all.unreadable());
    }

    private static Lease readable(Lease lease) {
        return new Lease(
                lease.splitId(),
                lease.owner(),
                lease.epoch(),
                lease.tenure(),
                lease.claim(),
                lease.finished(),
                lease.parents(),
                lease.rate(),
                lease.version());
    }

    /** Who closes holds nothing for its next incarnation. */
    public static LeaseStore closesWithoutHold(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Close.class,
                        close ->
                                table.ask(
                                        new Close(
                                                close.group(),
                                                close.closed(),
                                                close.beat(),
                                                close.emitsFor())));
    }

    /** A member that closes itself does not say that its readers may still emit. */
    public static LeaseStore forgetsReadersOfTheClosed(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Close.class,
                        close ->
                                table.ask(
                                        new Close(
                                                close.group(),
                                                close.closed(),
                                                close.beat(),
                                                Duration.ZERO)));
    }

    /** What members say that they cannot read is not written. */
    public static LeaseStore excludesNobody(LeaseStore table) {
        return new ForwardingStore(table).on(Exclude.class, exclude -> new Applied<>(Set.of()));
    }

    /** A renewal of an incarnation that is over is answered as any other. */
    public static LeaseStore acceptsRenewalsOfTheClosed(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Beat.class,
                        beat -> {
                            LeaseOutcome<Membership> outcome = table.ask(beat);
                            return outcome instanceof Refused
                                    ? new Applied<>(members(table, beat.group()))
                                    : outcome;
                        });
    }

    /** A member is closed though it has renewed since. */
    public static LeaseStore closesWhateverTheBeat(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Close.class,
                        close ->
                                table.ask(
                                        new Close(
                                                close.group(),
                                                close.closed(),
                                                close.beat().flatMap(seen -> beat(table, close)),
                                                close.emitsFor())));
    }

    private static Optional<Long> beat(LeaseStore table, Close close) {
        return members(table, close.group()).member(close.closed().memberId()).map(Member::beat);
    }

    /** Members are closed by themselves alone. */
    public static LeaseStore closesNobodyElse(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Close.class,
                        close ->
                                close.beat().isPresent()
                                        ? new Applied<>(
                                                new Close.Closed(
                                                        members(table, close.group()),
                                                        Decisions.NONE))
                                        : table.ask(close));
    }

    /** A lease is taken whatever became of it since it was read. */
    public static LeaseStore acquiresWhateverTheVersion(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Acquire.class,
                        acquire ->
                                table.ask(
                                        new Acquire(
                                                acquire.group(),
                                                acquire.by(),
                                                acquire.splits().stream()
                                                        .map(
                                                                split ->
                                                                        asItIsNow(
                                                                                table,
                                                                                acquire.group(),
                                                                                split))
                                                        .flatMap(Optional::stream)
                                                        .toList())));
    }

    private static Optional<Wanted> asItIsNow(LeaseStore table, String group, Wanted split) {
        return lease(table, group, split.splitId())
                .map(now -> new Wanted(split.splitId(), now.version(), split.tenure()));
    }

    /** Progress is recorded whoever sends it. */
    public static LeaseStore recordsWhoeverOwns(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Record.class,
                        record ->
                                each(
                                        table,
                                        record.splits(),
                                        split ->
                                                owned(table, record.group(), split.splitId())
                                                        .map(
                                                                lease ->
                                                                        asOwner(
                                                                                record.group(),
                                                                                lease,
                                                                                split))));
    }

    private static Record asOwner(String group, Lease lease, Recorded split) {
        return new Record(
                group,
                lease.owner().orElseThrow(),
                List.of(new Recorded(lease.splitId(), lease.epoch(), split.progress())));
    }

    /** Progress of an older checkpoint replaces that of a newer one. */
    public static LeaseStore recordsWhateverTheCheckpoint(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Record.class,
                        record ->
                                table.ask(
                                        new Record(
                                                record.group(),
                                                record.by(),
                                                record.splits().stream()
                                                        .map(BrokenTables::undated)
                                                        .toList())));
    }

    private static Recorded undated(Recorded split) {
        return new Recorded(
                split.splitId(),
                split.epoch(),
                new Progress(
                        split.progress().bytes(),
                        split.progress().serializerVersion(),
                        split.progress().text(),
                        0));
    }

    /** A split is claimed whatever became of its lease since it was read. */
    public static LeaseStore claimsWhateverTheVersion(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Claim.class,
                        claim ->
                                table.ask(
                                        new Claim(
                                                claim.group(),
                                                claim.by(),
                                                claim.splits().stream()
                                                        .map(
                                                                split ->
                                                                        asItIsNow(
                                                                                table,
                                                                                claim.group(),
                                                                                split))
                                                        .flatMap(Optional::stream)
                                                        .toList())));
    }

    private static Optional<Claimed> asItIsNow(LeaseStore table, String group, Claimed split) {
        return lease(table, group, split.splitId())
                .map(now -> new Claimed(split.splitId(), now.version(), split.kind()));
    }

    /** A claim is withdrawn whoever laid it. */
    public static LeaseStore withdrawsWhoeverClaimed(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Withdraw.class,
                        withdraw ->
                                each(
                                        table,
                                        withdraw.splitIds(),
                                        splitId ->
                                                claimant(table, withdraw.group(), splitId)
                                                        .map(
                                                                claimant ->
                                                                        new Withdraw(
                                                                                withdraw.group(),
                                                                                claimant,
                                                                                List.of(
                                                                                        splitId)))));
    }

    private static Optional<Incarnation> claimant(LeaseStore table, String group, String splitId) {
        return lease(table, group, splitId)
                .flatMap(Lease::claim)
                .flatMap(claim -> members(table, group).member(claim.claimant()))
                .map(Member::incarnation);
    }

    /** A rate is written whoever measured it. */
    public static LeaseStore ratesWhoeverOwns(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Rate.class,
                        rate ->
                                each(
                                        table,
                                        rate.splits(),
                                        split ->
                                                owned(table, rate.group(), split.splitId())
                                                        .map(
                                                                lease ->
                                                                        asOwner(
                                                                                rate.group(),
                                                                                lease,
                                                                                split))));
    }

    private static Rate asOwner(String group, Lease lease, Rate.Rated split) {
        return new Rate(
                group,
                lease.owner().orElseThrow(),
                List.of(new Rate.Rated(lease.splitId(), lease.epoch(), split.perSecond())));
    }

    /** What a member says is written whenever it arrives, whatever it owns by then. */
    public static LeaseStore declaresWheneverItArrives(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Declare.class,
                        declare ->
                                members(table, declare.group())
                                        .member(declare.by().memberId())
                                        .filter(row -> row.incarnation().equals(declare.by()))
                                        .map(row -> table.ask(written(declare, row)))
                                        .orElseGet(() -> table.ask(declare)));
    }

    private static Join written(Declare declare, Member row) {
        return new Join(
                declare.group(), row.in(declare.state(), declare.notice()), Optional.of(row));
    }

    /** Who joins is not told what its last incarnation was told. */
    public static LeaseStore forgetsOrdersAtJoin(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Join.class,
                        join ->
                                table.ask(
                                        new Join(
                                                join.group(),
                                                join.member().with(Orders.NONE),
                                                join.replaced())));
    }

    /** A split is released whoever says so. */
    public static LeaseStore releasesWhoeverOwns(LeaseStore table) {
        return new ForwardingStore(table)
                .on(
                        Release.class,
                        release ->
                                each(
                                        table,
                                        release.splits(),
                                        split ->
                                                owned(table, release.group(), split.splitId())
                                                        .map(
                                                                lease ->
                                                                        asOwner(
                                                                                release.group(),
                                                                                lease,
                                                                                split))));
    }

    private static Release asOwner(String group, Lease lease, Released split) {
        return new Release(
                group,
                lease.owner().orElseThrow(),
                List.of(new Released(lease.splitId(), lease.epoch(), split.progress())));
    }

    /** The last to discover a split says where it starts. */
    public static LeaseStore discoversOverWhatThereIs(LeaseStore table) {
        Map<String, Progress> overwritten = new HashMap<>();
        return new ForwardingStore(table)
                .on(
                        Discover.class,
                        discover -> {
                            discover.splits()
                                    .forEach(
                                            split ->
                                                    overwritten.put(
                                                            split.splitId(), split.start()));
                            return table.ask(discover);
                        })
                .on(
                        Record.class,
                        record -> {
                            LeaseOutcome<Set<String>> outcome = table.ask(record);
                            overwritten.keySet().removeAll(applied(outcome));
                            return outcome;
                        })
                .on(
                        Acquire.class,
                        acquire ->
                                changed(
                                        table.ask(acquire),
                                        taken ->
                                                taken.stream()
                                                        .map(one -> overwritten(one, overwritten))
                                                        .toList()));
    }

    private static Acquire.Taken overwritten(Acquire.Taken taken, Map<String, Progress> starts) {
        return new Acquire.Taken(
                taken.lease(), starts.getOrDefault(taken.lease().splitId(), taken.progress()));
    }
}
