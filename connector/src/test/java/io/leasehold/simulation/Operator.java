package io.leasehold.simulation;

import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OperatorRequest.Order;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Claim.Claimed;
import io.leasehold.lease.store.SplitRequest.Read;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/** Who tells the members of a group what to do, and has splits moved. */
final class Operator {

    private static final long SECOND = Scenario.SECOND;

    private final WrittenDown table;

    Operator(WrittenDown table) {
        this.table = table;
    }

    /**
     * What somebody does who drains members one after the other, or looks for the right weights:
     * the next order comes while the moves of the last one are under way, and some are taken back
     * again.
     */
    static List<Scenario.Mishap> atWork(Random dice, List<Scenario.Job> jobs) {
        List<Scenario.Mishap> work = new ArrayList<>();
        long at = upTo(dice, 60 * SECOND);
        if (dice.nextBoolean()) {
            // What is claimed of this one stays so for a while.
            String slow = any(dice, jobs).line();
            work.add(new Scenario.CheckpointsFail(at, slow, 5 * SECOND + upTo(dice, 25 * SECOND)));
        }
        for (int i = 2 + dice.nextInt(4); i > 0; i--) {
            String line = any(dice, jobs).line();
            if (dice.nextInt(3) == 0) {
                work.add(
                        new Scenario.Moved(
                                at,
                                line,
                                dice.nextInt(8),
                                dice.nextBoolean(),
                                dice.nextInt(3) == 0 ? Claim.Kind.FORCE : Claim.Kind.ASK));
            } else {
                work.add(new Scenario.Ordered(at, line, orders(dice)));
                if (dice.nextBoolean()) {
                    long back = at + SECOND + upTo(dice, 8 * SECOND);
                    work.add(new Scenario.Ordered(back, line, Orders.NONE));
                }
            }
            at += SECOND + upTo(dice, 5 * SECOND);
        }
        return work;
    }

    private static Orders orders(Random dice) {
        return dice.nextBoolean()
                ? new Orders(true, OptionalInt.empty())
                : new Orders(false, OptionalInt.of(dice.nextInt(4)));
    }

    private static Scenario.Job any(Random dice, List<Scenario.Job> jobs) {
        return jobs.get(dice.nextInt(jobs.size()));
    }

    private static long upTo(Random dice, long nanos) {
        return (long) (dice.nextDouble() * nanos);
    }

    // ------------------------------------------------------------------------- done to the table

    void orders(String memberId, Orders orders) {
        table.ask(new Order(World.GROUP, memberId, orders));
    }

    /** Has a split of another live member claimed for this one, and perhaps one in return. */
    void moves(Scenario.Moved moved, String memberId) {
        List<Member> live = live();
        List<Lease> held = held(live);
        row(live, memberId)
                .filter(taker -> !taker.orders().drain())
                .ifPresent(
                        taker -> {
                            Optional<Lease> split =
                                    nth(
                                            moved.which(),
                                            held.stream().filter(l -> !isOf(l, taker)).toList());
                            Optional<Lease> back =
                                    nth(
                                            moved.which(),
                                            held.stream().filter(l -> isOf(l, taker)).toList());
                            Optional<Member> giver =
                                    split.flatMap(lease -> row(live, lease.ownerId().get()));
                            split.ifPresent(lease -> claims(lease, taker, moved.kind()));
                            giver.filter(member -> moved.inReturn() && !member.orders().drain())
                                    .ifPresent(
                                            member ->
                                                    back.ifPresent(
                                                            lease ->
                                                                    claims(
                                                                            lease,
                                                                            member,
                                                                            moved.kind())));
                        });
    }

    private void claims(Lease lease, Member taker, Claim.Kind kind) {
        Incarnation claimant = taker.incarnation();
        table.claimOnBehalf(
                new OwnershipRequest.Claim(
                        World.GROUP,
                        claimant,
                        List.of(new Claimed(lease.splitId(), lease.version(), kind))));
    }

    private List<Member> live() {
        return table.ask(new Open(World.GROUP)) instanceof Applied<Membership> done
                ? done.answer().members().stream()
                        .filter(row -> row.state() != MemberState.CLOSED)
                        .toList()
                : List.of();
    }

    /** What these hold, in order of split id. */
    private List<Lease> held(List<Member> live) {
        List<Incarnation> owners = live.stream().map(Member::incarnation).toList();
        return table.ask(new Read(World.GROUP, 0)) instanceof Applied<LeaseChanges> done
                ? done.answer().leases().stream()
                        .filter(lease -> !lease.finished())
                        .filter(lease -> lease.owner().filter(owners::contains).isPresent())
                        .sorted(Comparator.comparing(Lease::splitId))
                        .toList()
                : List.of();
    }

    private static boolean isOf(Lease lease, Member member) {
        return lease.ownerId().equals(Optional.of(member.id()));
    }

    private static Optional<Member> row(List<Member> live, String memberId) {
        return live.stream().filter(row -> row.id().equals(memberId)).findFirst();
    }

    private static <X> Optional<X> nth(int n, List<X> all) {
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(n % all.size()));
    }
}
