package io.leasehold.simulation;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseRequest.Acquire;
import io.leasehold.lease.store.LeaseRequest.Close;
import io.leasehold.lease.store.LeaseRequest.Declare;
import io.leasehold.lease.store.LeaseRequest.Discover;
import io.leasehold.lease.store.LeaseRequest.Finish;
import io.leasehold.lease.store.LeaseRequest.Join;
import io.leasehold.lease.store.LeaseRequest.Order;
import io.leasehold.lease.store.LeaseRequest.Rate;
import io.leasehold.lease.store.LeaseRequest.Record;
import io.leasehold.lease.store.LeaseRequest.Recorded;
import io.leasehold.lease.store.LeaseRequest.Release;
import io.leasehold.lease.store.LeaseRequest.Withdraw;
import io.leasehold.lease.store.LeaseStore;

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
    }

    void sentAt(long time) {
        sentAt = time;
    }

    @Override
    public LeaseOutcome<Membership> join(Join join) {
        LeaseOutcome<Membership> outcome = super.join(join);
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

    @Override
    public LeaseOutcome<Membership> close(Close close) {
        LeaseOutcome<Membership> outcome = super.close(close);
        if (outcome instanceof Applied<Membership> done
                && done.answer()
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

    @Override
    public LeaseOutcome<Set<String>> discover(Discover discover) {
        LeaseOutcome<Set<String>> outcome = super.discover(discover);
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

    @Override
    public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
        LeaseOutcome<List<Acquire.Taken>> outcome = super.acquire(acquire);
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

    @Override
    public LeaseOutcome<Set<String>> record(Record record) {
        LeaseOutcome<Set<String>> outcome = super.record(record);
        progressed(record.by(), record.splits(), outcome);
        return outcome;
    }

    @Override
    public LeaseOutcome<Set<String>> finish(Finish finish) {
        LeaseOutcome<Set<String>> outcome = super.finish(finish);
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

    @Override
    public LeaseOutcome<Set<String>> release(Release release) {
        LeaseOutcome<Set<String>> outcome = super.release(release);
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

    @Override
    public LeaseOutcome<Set<String>> claim(LeaseRequest.Claim claim) {
        return claim(claim, false);
    }

    /** An operator claims for a member. */
    void claimOnBehalf(LeaseRequest.Claim claim) {
        claim(claim, true);
    }

    private LeaseOutcome<Set<String>> claim(LeaseRequest.Claim claim, boolean onBehalf) {
        LeaseOutcome<Set<String>> outcome = super.claim(claim);
        if (outcome instanceof Applied<Set<String>> done) {
            for (LeaseRequest.Claim.Claimed split : claim.splits()) {
                if (done.answer().contains(split.splitId())) {
                    write(
                            new Fact.Claimed(
                                    at(), split.splitId(), claim.by(), split.kind(), onBehalf));
                }
            }
        }
        return outcome;
    }

    @Override
    public LeaseOutcome<Set<String>> withdraw(Withdraw withdraw) {
        LeaseOutcome<Set<String>> outcome = super.withdraw(withdraw);
        if (outcome instanceof Applied<Set<String>> done) {
            done.answer().forEach(id -> write(new Fact.Withdrawn(at(), id, withdraw.by())));
        }
        return outcome;
    }

    @Override
    public LeaseOutcome<Set<String>> rate(Rate rate) {
        LeaseOutcome<Set<String>> outcome = super.rate(rate);
        if (outcome instanceof Applied<Set<String>> done) {
            for (Rate.Rated split : rate.splits()) {
                if (done.answer().contains(split.splitId())) {
                    write(new Fact.Rated(at(), split.splitId(), rate.by(), split.epoch()));
                }
            }
        }
        return outcome;
    }

    @Override
    public LeaseOutcome<Membership> declare(Declare declare) {
        LeaseOutcome<Membership> outcome = super.declare(declare);
        if (outcome instanceof Applied<Membership> done
                && done.answer()
                        .member(declare.by().memberId())
                        .filter(row -> row.state() == declare.state())
                        .isPresent()) {
            write(new Fact.Declared(at(), declare.by(), declare.state()));
        }
        return outcome;
    }

    @Override
    public LeaseOutcome<Membership> order(Order order) {
        LeaseOutcome<Membership> outcome = super.order(order);
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
