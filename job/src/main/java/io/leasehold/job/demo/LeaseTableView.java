package io.leasehold.job.demo;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OperatorRequest.Order;
import io.leasehold.lease.store.SplitRequest.Read;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Watches the lease table with the requests that a member uses to read, and keeps what changed. Not
 * safe for use by several threads.
 */
final class LeaseTableView implements AutoCloseable {

    private final LeaseStore store;
    private final LongSupplier clockMillis;
    private final Map<String, Lease> leases = new HashMap<>();
    private final Map<String, Member> members = new HashMap<>();
    private final List<Change> history = new ArrayList<>();
    private long changeNumber;

    /**
     * That a split changed hands.
     *
     * @param atMillis when it was noticed, in milliseconds since 1970
     */
    record Change(long atMillis, String split, Optional<String> owner, long epoch) {}

    /**
     * @param clockMillis milliseconds since 1970, to date changes
     */
    LeaseTableView(LeaseStore store, LongSupplier clockMillis) {
        this.store = store;
        this.clockMillis = clockMillis;
    }

    /** Reads what is new. If the table does not answer, it stays what was known. */
    Ownership look() {
        store.ask(new Open(DemoSettings.GROUP))
                .react(this::membersRead, refused -> {}, unknown -> {});
        store.ask(new Read(DemoSettings.GROUP, changeNumber))
                .react(this::leasesRead, refused -> {}, unknown -> {});
        return new Ownership(leases, members);
    }

    /**
     * Tells a member something, as an operator does.
     *
     * @throws DemoFailedException if the table does not answer
     */
    void order(String memberId, Orders orders) {
        store.ask(new Order(DemoSettings.GROUP, memberId, orders))
                .react(
                        this::membersRead,
                        refused -> {
                            throw new DemoFailedException("The order was refused: " + refused);
                        },
                        unknown -> {
                            throw new DemoFailedException(unknown.getMessage(), unknown);
                        });
    }

    /** Everything that was noticed, oldest first. */
    List<Change> history() {
        return List.copyOf(history);
    }

    @Override
    public void close() {
        store.close();
    }

    private void membersRead(Membership membership) {
        membership.members().forEach(member -> members.put(member.id(), member));
    }

    private void leasesRead(LeaseChanges changes) {
        changeNumber = changes.changeNumber();
        for (Lease lease : changes.leases()) {
            Optional<Lease> before = Optional.ofNullable(leases.put(lease.splitId(), lease));
            if (!before.map(Lease::owner).equals(Optional.of(lease.owner()))) {
                history.add(
                        new Change(
                                clockMillis.getAsLong(),
                                lease.splitId(),
                                lease.ownerId(),
                                lease.epoch()));
            }
        }
    }
}
