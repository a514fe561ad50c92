package io.leasehold.lease.member;

import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.plan.LeasePlanner;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one member, or an operator, knows of the others from watching their rows (rules T3 and T4).
 * All times are nanoseconds of this machine's monotonic clock.
 */
public class MemberWatch {

    /** How an owner named in a lease stands. */
    enum Standing {
        /** It beats, or has not been watched for long enough. */
        LIVE,
        /** It has not beaten for its own duration and more: it may be closed, by its last beat. */
        DEAD,
        /** It is over, but its readers may still emit, or its next incarnation is waited for. */
        HELD,
        /** It is over, and its readers too: its leases are free. */
        SILENT
    }

    /**
     * @param row as last read
     * @param beatSince when the read that first showed this beat was over
     * @param lifeSince when the read that first showed this incarnation in this state was over
     * @param lastSent when the read that last showed this row was sent
     */
    private record Sighting(Member row, long beatSince, long lifeSince, long lastSent) {}

    private final LeaseTerms terms;
    private final Map<String, Sighting> sightings = new TreeMap<>();

    /** Owners that have no row, and since when: someone deleted it by hand. */
    private final Map<Incarnation, Long> rowless = new HashMap<>();

    private OptionalLong lastRead = OptionalLong.empty();

    /** When the last read was sent. */
    private long lastSent;

    /** When the last member came that had no row before. */
    private long lastNewcomer;

    /**
     * @param terms what the watcher lives by: how much it allows for, and what a gap in watching is
     */
    public MemberWatch(LeaseTerms terms) {
        this.terms = terms;
    }

    /**
     * Takes in one read of the members.
     *
     * @param sentAt when it was sent
     * @param now a time after it was answered
     */
    public void saw(Membership membership, long sentAt, long now) {
        boolean blind = blind(now);
        lastRead = OptionalLong.of(now);
        lastSent = sentAt;
        if (!sightings.keySet().containsAll(ids(membership))) {
            lastNewcomer = now;
        }
        sightings.keySet().retainAll(ids(membership));
        for (Member row : membership.members()) {
            sightings.merge(
                    row.id(),
                    new Sighting(row, now, now, sentAt),
                    (before, fresh) -> {
                        boolean sameLife =
                                before.row().incarnation().equals(row.incarnation())
                                        && before.row().state() == row.state();
                        boolean sameBeat = sameLife && before.row().beat() == row.beat() && !blind;
                        return new Sighting(
                                row,
                                sameBeat ? before.beatSince() : now,
                                sameLife ? before.lifeSince() : now,
                                sentAt);
                    });
        }
        rowless.keySet().removeIf(owner -> sightings.containsKey(owner.memberId()));
    }

    private static Set<String> ids(Membership membership) {
        return membership.members().stream().map(Member::id).collect(Collectors.toSet());
    }

    /**
     * When a read is to be sent that shows everybody who came in the same instant as the last one.
     */
    long settlesAt() {
        return lastNewcomer + terms.renewInterval().toNanos() / 2;
    }

    /** Whether such a read is there. */
    boolean settled() {
        return lastSent - settlesAt() >= 0;
    }

    /**
     * Whether a claim is to be heeded. Who has forced a split may acquire it at any time, unless it
     * is closed: that nothing was seen of it for long does not keep it from that.
     */
    boolean stands(Claim claim) {
        return switch (claim.kind()) {
            case ASK -> live(claim.claimant()) && !away(claim.claimant());
            case FORCE ->
                    row(claim.claimant())
                            .filter(row -> row.state() != MemberState.CLOSED)
                            .isPresent();
        };
    }

    /** The longest duration that any member lives by, as far as is known. */
    Duration longestDuration() {
        return rows().stream()
                .filter(row -> !Membership.isUnreadable(row))
                .map(Member::duration)
                .filter(duration -> duration.compareTo(terms.duration()) > 0)
                .max(Comparator.naturalOrder())
                .orElse(terms.duration());
    }

    /** What that incarnation lives by, if it is in its member's row. */
    Duration durationOf(Incarnation incarnation) {
        return row(incarnation.memberId())
                .filter(row -> row.incarnation().equals(incarnation))
                .map(Member::duration)
                .orElse(terms.duration());
    }

    /** T4: who could not watch has seen nothing; a beat may have been missed, not missing. */
    boolean blind(long now) {
        return lastRead.isPresent()
                && now - lastRead.getAsLong() > 2 * terms.renewInterval().toNanos();
    }

    Collection<Member> rows() {
        return sightings.values().stream().map(Sighting::row).toList();
    }

    Optional<Member> row(String memberId) {
        return Optional.ofNullable(sightings.get(memberId)).map(Sighting::row);
    }

    /** Whether that incarnation is the one in its member's row. */
    boolean hasRow(Incarnation incarnation) {
        return row(incarnation.memberId())
                .filter(row -> row.incarnation().equals(incarnation))
                .isPresent();
    }

    /** Whether this member's row has been unchanged for so long that it may be called dead. */
    public boolean dead(String memberId) {
        Sighting seen = sightings.get(memberId);
        return seen != null
                && seen.row().state() != MemberState.CLOSED
                && seen.lastSent() - seen.beatSince() >= deadAfter(seen);
    }

    /** Whether this member says that it has no readers. */
    boolean away(String memberId) {
        return row(memberId).filter(row -> row.state() == MemberState.AWAY).isPresent();
    }

    /** Whether this member's row counts in the plan. */
    boolean live(String memberId) {
        Sighting seen = sightings.get(memberId);
        return seen != null && seen.row().state() != MemberState.CLOSED && !dead(memberId);
    }

    /**
     * Who takes part in the plan, and how.
     *
     * @param me who asks: it lives, whatever its row looks like
     */
    List<LeasePlanner.Candidate> candidates(Incarnation me) {
        return live(me).map(
                        row ->
                                new LeasePlanner.Candidate(
                                        row.id(),
                                        row.weight(),
                                        row.share().mostSplits(),
                                        row.leaves()))
                .toList();
    }

    /** What is shared evenly: a member that does not say load would plan otherwise. */
    Balance balance(Incarnation me) {
        return live(me).allMatch(row -> row.share().balance() == Balance.LOAD)
                ? Balance.LOAD
                : Balance.COUNT;
    }

    private Stream<Member> live(Incarnation me) {
        return rows().stream().filter(row -> row.incarnation().equals(me) || live(row.id()));
    }

    /**
     * How an owner stands that had the lease when the members were last read, or earlier: one that
     * is not in its member's row is over.
     *
     * @param asks the member that would have its leases
     */
    Standing standing(Incarnation owner, String asks, long now) {
        Sighting seen = sightings.get(owner.memberId());
        if (seen != null
                && seen.row().incarnation().equals(owner)
                && seen.row().state() != MemberState.CLOSED) {
            return dead(owner.memberId()) ? Standing.DEAD : Standing.LIVE;
        }
        return freeIn(owner, asks, now).isZero() ? Standing.SILENT : Standing.HELD;
    }

    /**
     * How long until a member may have the leases of an owner that is over; zero if it may. A
     * member's own next incarnation waits only for the readers. How long an incarnation asks others
     * to wait when it closes goes for leases of earlier ones too: it may have closed before it
     * acquired them.
     */
    Duration freeIn(Incarnation owner, String asks, long now) {
        Duration silent = silentIn(owner, now);
        Sighting seen = sightings.get(owner.memberId());
        if (seen == null || owner.memberId().equals(asks)) {
            return silent;
        }
        Duration held =
                LeaseTerms.byAnotherClock(seen.row().heldFor()).minusNanos(now - seen.lifeSince());
        return held.compareTo(silent) > 0 ? held : silent;
    }

    /**
     * How long until the readers of an owner that is over have surely stopped; zero if they have.
     */
    public Duration silentIn(Incarnation owner, long now) {
        Sighting seen = sightings.get(owner.memberId());
        long since;
        Duration wait;
        if (seen == null) {
            // Without a row it cannot renew; how long its last renewal lasts is not known any more,
            // our own duration is the best guess.
            since = rowless.computeIfAbsent(owner, gone -> now);
            wait = terms.deadAfter(terms.duration());
        } else {
            since = seen.lifeSince();
            wait = LeaseTerms.byAnotherClock(seen.row().emitsFor());
        }
        Duration left = wait.minusNanos(now - since);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /**
     * When a read would show whether one more member is dead, if that is before the time given.
     *
     * @param but the member that watches
     */
    long worthReadingAt(long before, String but) {
        long earliest = before;
        for (Sighting seen : sightings.values()) {
            if (seen.row().state() == MemberState.CLOSED || seen.row().id().equals(but)) {
                continue;
            }
            long decidedAt = seen.beatSince() + deadAfter(seen);
            if (seen.lastSent() - decidedAt < 0 && decidedAt - earliest < 0) {
                earliest = decidedAt;
            }
        }
        return earliest;
    }

    private long deadAfter(Sighting seen) {
        return terms.deadAfter(seen.row().duration()).toNanos();
    }
}
