package io.leasehold.simulation;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.MembershipRequest.Declare;
import io.leasehold.lease.store.MembershipRequest.Join;
import io.leasehold.lease.store.OperatorRequest.Order;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Finish;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.OwnershipRequest.Withdraw;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.lease.store.SplitRequest.Rate;
import io.leasehold.testkit.ForwardingStore;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Writes down what was done to the table, from requests and answers alone. */
final class WrittenDown extends ForwardingStore {

    private final LongSupplier now;
    private final Consumer<Fact> history;
    private final Set<Incarnation> closed = new HashSet<>();
    private final Set<Incarnation> joined = new HashSet<>();

    /** When the request under way was sent. */
    private long sentAt;

    WrittenDown(LeaseStore table, LongSupplier now, Consumer<Fact> history) {
        super(table);
        this.now = now;
        this.history = history;
        on(Join.class, this::join)
                .on(Close.class, this::close)
                .on(Discover.class, this::discover)
                .on(Acquire.class, this::acquire)
                .on(Record.class, this::record)
                .on(Finish.class, this::finish)
                .on(Release.class, this::release)
                .on(OwnershipRequest.Claim.class, this::claim)
                .on(Withdraw.class, this::withdraw)
                .on(Rate.class, this::rate)
                .on(Declare.class, this::declare)
                .on(Order.class, this::order);
    }

    void sentAt(long time) {
        sentAt = time;
    }

    private LeaseOutcome<Membership> join(Join join) {
        LeaseOutcome<Membership> outcome = store.ask(join);
        if (outcome instanceof Applied && joined.add(join.member().incarnation())) {
            write(
                    new Fact.Joined(
                            at(),
                            join.member().incarnation(),
                            join.member().duration(),
                            join.member().share()));
        }
        return outcome;
    }

    private LeaseOutcome<Close.Closed> close(Close close) {
        LeaseOutcome<Close.Closed> outcome = store.ask(close);
        if (outcome instanceof Applied<Close.Closed> done
                && done.answer()
                        .members()
                        .member(close.closed().memberId())
                        .filter(row -> row.incarnation().equals(close.closed()))
                        .filter(row -> row.state() == MemberState.CLOSED)
                        .isPresent()
                && closed.add(close.closed())) {
            write(
                    new Fact.Closed(
                            at(), close.closed(), close.beat().isEmpty(), sentAt, close.heldFor()));
        }
        return outcome;
    }

    private LeaseOutcome<Set<String>> discover(Discover discover) {
        LeaseOutcome<Set<String>> outcome = store.ask(discover);
        if (outcome instanceof Applied<Set<String>> done) {
            for (Discover.NewSplit split : discover.splits()) {
                if (done.answer().contains(split.splitId())) {
                    long start = Positions.of(split.start());
                    write(new Fact.Discovered(at(), split.splitId(), split.parents(), start));
                }
            }
        }
        return outcome;
    }

    private LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
        LeaseOutcome<List<Acquire.Taken>> outcome = store.ask(acquire);
        if (outcome instanceof Applied<List<Acquire.Taken>> done) {
            for (Acquire.Taken taken : done.answer()) {
                write(
                        new Fact.Acquired(
                                at(),
                                taken.lease().splitId(),
                                acquire.by(),
                                taken.lease().epoch()));
            }
        }
        return outcome;
    }

    private LeaseOutcome<Set<String>> record(Record record) {
        LeaseOutcome<Set<String>> outcome = store.ask(record);
        progressed(record.by(), record.splits(), outcome);
        return outcome;
    }

    private LeaseOutcome<Set<String>> finish(Finish finish) {
        LeaseOutcome<Set<String>> outcome = store.ask(finish);
        progressed(finish.by(), finish.splits(), outcome);
        for (Recorded split : named(finish.splits(), outcome)) {
            write(new Fact.Ended(at(), split.splitId(), finish.by(), split.epoch()));
        }
        return outcome;
    }

    private void progressed(
            Incarnation by, List<Recorded> splits, LeaseOutcome<Set<String>> outcome) {
        for (Recorded split : named(splits, outcome)) {
            write(
                    new Fact.Progressed(
                            at(),
                            split.splitId(),
                            by,
                            split.epoch(),
                            Positions.of(split.progress())));
        }
    }

    private static List<Recorded> named(List<Recorded> splits, LeaseOutcome<Set<String>> outcome) {
        return outcome instanceof Applied<Set<String>> done
                ? splits.stream().filter(split -> done.answer().contains(split.splitId())).toList()
                : List.of();
    }

    private LeaseOutcome<Set<String>> release(Release release) {
        LeaseOutcome<Set<String>> outcome = store.ask(release);
        if (outcome instanceof Applied<Set<String>> done) {
            for (Release.Released split : release.splits()) {
                if (done.answer().contains(split.splitId())) {
                    write(
                            new Fact.Released(
                                    at(),
                                    split.splitId(),
                                    release.by(),
                                    split.epoch(),
                                    split.progress().map(Positions::of)));
                }
            }
        }
        return outcome;
    }

    private LeaseOutcome<Set<String>> claim(OwnershipRequest.Claim claim) {
        return claim(claim, false);
    }

    /** An operator claims for a member. */
    void claimOnBehalf(OwnershipRequest.Claim claim) {
        claim(claim, true);
    }

    private LeaseOutcome<Set<String>> claim(OwnershipRequest.Claim claim, boolean onBehalf) {
        LeaseOutcome<Set<String>> outcome = store.ask(claim);
        if (outcome instanceof Applied<Set<String>> done) {
            for (OwnershipRequest.Claim.Claimed split : claim.splits()) {
                if (done.answer().contains(split.splitId())) {
                    write(
                            new Fact.Claimed(
                                    at(), split.splitId(), claim.by(), split.kind(), onBehalf));
                }
            }
        }
        return outcome;
    }

    private LeaseOutcome<Set<String>> withdraw(Withdraw withdraw) {
        LeaseOutcome<Set<String>> outcome = store.ask(withdraw);
        if (outcome instanceof Applied<Set<String>> done) {
            done.answer().forEach(id -> write(new Fact.Withdrawn(at(), id, withdraw.by())));
        }
        return outcome;
    }

    private LeaseOutcome<Set<String>> rate(Rate rate) {
        LeaseOutcome<Set<String>> outcome = store.ask(rate);
        if (outcome instanceof Applied<Set<String>> done) {
            for (Rate.Rated split : rate.splits()) {
                if (done.answer().contains(split.splitId())) {
                    write(new Fact.Rated(at(), split.splitId(), rate.by(), split.epoch()));
                }
            }
        }
        return outcome;
    }

    private LeaseOutcome<Membership> declare(Declare declare) {
        LeaseOutcome<Membership> outcome = store.ask(declare);
        if (outcome instanceof Applied<Membership> done
                && done.answer()
                        .member(declare.by().memberId())
                        .filter(row -> row.state() == declare.state())
                        .isPresent()) {
            write(new Fact.Declared(at(), declare.by(), declare.state()));
        }
        return outcome;
    }

    private LeaseOutcome<Membership> order(Order order) {
        LeaseOutcome<Membership> outcome = store.ask(order);
        if (outcome instanceof Applied<Membership> done
                && done.answer().member(order.memberId()).isPresent()) {
            write(new Fact.Ordered(at(), order.memberId(), order.orders()));
        }
        return outcome;
    }

    private long at() {
        return now.getAsLong();
    }

    private void write(Fact fact) {
        history.accept(fact);
    }
}
