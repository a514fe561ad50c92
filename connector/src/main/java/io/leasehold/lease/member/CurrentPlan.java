package io.leasehold.lease.member;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.store.LeaseRequest;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the last plan has one member do, and when the next one is due. All times are nanoseconds of
 * this machine's monotonic clock.
 */
final class CurrentPlan {

    /** Whether something changed that the plan depends on. */
    private boolean due;

    /**
     * When time alone will have changed something that the plan depends on. The members are read
     * then before anything is planned: one that was over may have come back.
     */
    private OptionalLong readAgainAt = OptionalLong.empty();

    /** How the members stand that the last plan was, or the next one will be, made for. */
    private Set<Object> madeFor = Set.of();

    /** What is still to be acquired, while nothing changed that the plan depends on. */
    private List<Lease> toAcquire = List.of();

    private int planned;
    private int unassigned;

    /** Something changed that it depends on. */
    void changed() {
        due = true;
    }

    boolean isDue() {
        return due;
    }

    /** Whether all that it says is under way, as far as is known now. */
    boolean isCarriedOut() {
        return !due && toAcquire.isEmpty();
    }

    /**
     * Takes in how the members stand now.
     *
     * @return whether that is news
     */
    boolean sawMembers(MemberWatch watch) {
        Set<Object> standing = new HashSet<>();
        for (Member row : watch.rows()) {
            standing.add(
                    List.of(
                            row.incarnation(),
                            row.state(),
                            row.share(),
                            row.orders(),
                            watch.live(row.id())));
        }
        if (standing.equals(madeFor)) {
            return false;
        }
        madeFor = standing;
        due = true;
        return true;
    }

    /** The next one is being made: nothing of the last one holds. */
    void begun() {
        due = false;
        toAcquire = List.of();
        readAgainAt = OptionalLong.empty();
    }

    void made(PlannedMoves moves) {
        toAcquire = moves.acquire();
        readAgainAt = moves.readAgainAt();
        planned = moves.planned();
        unassigned = moves.unassigned();
    }

    /** The members are to be read again then, and the next plan made. */
    void readAgainAt(long at) {
        readAgainAt = OptionalLong.of(at);
    }

    /** That time, if it is before the one given; else this. */
    long readAgainBefore(long other) {
        return readAgainAt.isPresent() && readAgainAt.getAsLong() - other < 0
                ? readAgainAt.getAsLong()
                : other;
    }

    /** The members were read again. */
    void membersRead(long sentAt) {
        if (readAgainAt.isPresent() && sentAt - readAgainAt.getAsLong() >= 0) {
            readAgainAt = OptionalLong.empty();
            due = true;
        }
    }

    /** What to acquire in one request; when all is acquired, the plan is made again. */
    List<Lease> nextToAcquire() {
        if (toAcquire.isEmpty()) {
            return List.of();
        }
        List<Lease> first = first(toAcquire);
        toAcquire = toAcquire.subList(first.size(), toAcquire.size());
        due = toAcquire.isEmpty();
        return first;
    }

    /** As many as fit into one request; the others by the plan that is made when it is answered. */
    <X> List<X> few(List<X> all) {
        due |= !all.isEmpty();
        return first(all);
    }

    private static <X> List<X> first(List<X> all) {
        return all.size() > LeaseRequest.MOST_SPLITS
                ? all.subList(0, LeaseRequest.MOST_SPLITS)
                : all;
    }

    /** How many splits the plan gives to this member. */
    int planned() {
        return planned;
    }

    /** How many splits nobody holds and no member can read, or has room for. */
    int unassigned() {
        return unassigned;
    }
}
