package io.leasehold.job.bench.scale;

import io.leasehold.job.bench.scale.SimulatedGroup.SimulatedMember;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.MembershipRequest.Join;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.OwnershipRequest.Release.Released;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.lease.store.SplitRequest.Read;
import io.leasehold.testkit.ScriptedMember;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A group of which only the members that are to be looked at have a keeper: of the others there are
 * the rows, each with an even share of the splits. Each keeper has all leases of the group in
 * memory, so that a thousand of them would not fit into it.
 */
final class LargeGroup {

    private static final int MOST = 10_000;

    private final SimulatedGroup group = new SimulatedGroup(this::releaseClaimed);
    private int standbys;

    /** The change number up to which the members without a keeper know the leases. */
    private long known;

    LargeGroup(int members, List<NewSplit> splits) {
        List<Incarnation> all = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            all.add(join("member-%04d".formatted(i), 1));
        }
        for (int from = 0; from < splits.size(); from += MOST) {
            List<NewSplit> some = splits.subList(from, Math.min(from + MOST, splits.size()));
            ScriptedMember.applied(
                    group.store().ask(new Discover(SimulatedGroup.GROUP, all.get(0), some)));
        }
        List<Lease> leases = changes();
        for (int i = 0; i < members; i++) {
            List<Lease> share =
                    leases.subList(
                            (int) ((long) leases.size() * i / members),
                            (int) ((long) leases.size() * (i + 1) / members));
            for (int from = 0; from < share.size(); from += MOST) {
                acquire(all.get(i), share.subList(from, Math.min(from + MOST, share.size())));
            }
        }
    }

    private void acquire(Incarnation by, List<Lease> leases) {
        ScriptedMember.applied(
                group.store()
                        .ask(
                                new Acquire(
                                        SimulatedGroup.GROUP,
                                        by,
                                        leases.stream()
                                                .map(
                                                        lease ->
                                                                new Acquire.Wanted(
                                                                        lease.splitId(),
                                                                        lease.version(),
                                                                        1))
                                                .toList())));
    }

    private Incarnation join(String id, int weight) {
        Incarnation me = new Incarnation(id, id + "-1");
        Member row =
                new Member(
                        me,
                        1,
                        MemberState.ACTIVE,
                        Share.of(weight),
                        Orders.NONE,
                        // None of them beats: they live as long as the virtual time goes on.
                        Duration.ofDays(1),
                        Duration.ZERO,
                        "a benchmark");
        ScriptedMember.applied(
                group.store().ask(new Join(SimulatedGroup.GROUP, row, Optional.empty())));
        return me;
    }

    private List<Lease> changes() {
        LeaseChanges changes =
                ScriptedMember.applied(group.store().ask(new Read(SimulatedGroup.GROUP, known)));
        known = changes.changeNumber();
        return changes.leases();
    }

    /** As owners do whose claimed splits stand still in a complete checkpoint. */
    private void releaseClaimed() {
        Map<Incarnation, List<Released>> claimed = new LinkedHashMap<>();
        for (Lease lease : changes()) {
            if (lease.claim().isPresent() && lease.owner().isPresent()) {
                claimed.computeIfAbsent(lease.owner().get(), none -> new ArrayList<>())
                        .add(
                                new Released(
                                        lease.splitId(),
                                        lease.epoch(),
                                        Optional.of(SimulatedGroup.START)));
            }
        }
        claimed.forEach(
                (owner, splits) ->
                        ScriptedMember.applied(
                                group.store()
                                        .ask(new Release(SimulatedGroup.GROUP, owner, splits))));
    }

    /** One more member, which has a keeper. */
    SimulatedMember newcomer() {
        return group.member("newcomer", List.of(), Duration.ZERO);
    }

    /** A standby comes, so that everybody plans anew, and to the same end. */
    void standbyComes() {
        join("standby-%04d".formatted(standbys++), 0);
    }

    double ticksUntilQuiet() {
        return group.ticksUntilQuiet();
    }
}
