package io.leasehold.admin;

import io.leasehold.lease.member.MemberWatch;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest.Open;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Watches whether members live, as they watch each other (rules T3 and T4): one that renews is
 * alive, and one that did not for all its duration and a margin is dead. For one thread.
 */
final class Vigil {

    /** What an operator allows for, like a member of these terms. */
    private static final LeaseTerms TERMS = LeaseTerms.of(LeaseTerms.DEFAULT_DURATION);

    private static final Duration EVERY = Duration.ofMillis(250);

    private final Desk desk;
    private final MemberWatch watch = new MemberWatch(TERMS);
    private final Map<Incarnation, Long> firstBeats = new HashMap<>();
    private final Set<Incarnation> renewed = new HashSet<>();

    /** Whether it has been said that this takes time. */
    private boolean told;

    Vigil(Desk desk) {
        this.desk = desk;
    }

    /** Reads the members once. */
    Membership look() throws LeaseStoreException, RefusedException {
        long sentAt = desk.pace().nanoTime();
        Membership seen = desk.ask(new Open(desk.group()));
        watch.saw(seen, sentAt, desk.pace().nanoTime());
        for (Member row : seen.members()) {
            Long first = firstBeats.putIfAbsent(row.incarnation(), row.beat());
            if (first != null && first != row.beat()) {
                renewed.add(row.incarnation());
            }
        }
        return seen;
    }

    void pause() throws InterruptedException {
        desk.pace().sleep(EVERY);
    }

    boolean dead(String memberId) {
        return watch.dead(memberId);
    }

    /** How long until the readers of an owner that is over are silent; of one in no row, too. */
    Duration silentIn(Incarnation owner) {
        return watch.silentIn(owner, desk.pace().nanoTime());
    }

    /**
     * Watches until the member has renewed, or is dead: for its duration and a margin at most.
     *
     * @return its row as it is then; the state may be CLOSED
     */
    Member settled(String memberId)
            throws LeaseStoreException, RefusedException, InterruptedException {
        while (true) {
            Member row = desk.member(look(), memberId);
            if (row.state() == MemberState.CLOSED || dead(memberId) || lives(row)) {
                return row;
            }
            if (!told) {
                desk.notices()
                        .accept(
                                "Watching whether member '%s' is alive, for at most %s s."
                                        .formatted(
                                                memberId,
                                                TERMS.deadAfter(row.duration())
                                                        .plusMillis(999)
                                                        .toSeconds()));
                told = true;
            }
            pause();
        }
    }

    /** Whether this very incarnation has renewed since the vigil began. */
    boolean lives(Member row) {
        return row.state() != MemberState.CLOSED
                && renewed.contains(row.incarnation())
                && !dead(row.id());
    }

    /** Waits until the readers of an owner that is over have stopped: seconds. */
    void untilSilent(Incarnation owner)
            throws LeaseStoreException, RefusedException, InterruptedException {
        look();
        while (!silentIn(owner).isZero()) {
            pause();
            look();
        }
    }
}
