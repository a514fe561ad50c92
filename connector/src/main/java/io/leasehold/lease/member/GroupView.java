package io.leasehold.lease.member;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.SplitRequest.Read;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What one member knows of its group and of its own splits, and when it must read again before it
 * makes anything of that. All that it decides starts from here.
 */
final class GroupView {

    /** How the leases that are known stand to the members that are known. */
    private enum Rows {
        /** Some are other than known: they are to be read. */
        STALE,
        /** They were read after the members: an owner in them may be younger. */
        NEWER_THAN_MEMBERS,
        /** The members were read after them. */
        KNOWN
    }

    final String group;
    final Incarnation me;
    final LeaseTerms terms;
    final MemberWatch watch;
    final Renewals renewals;
    final KnownLeases leases = new KnownLeases();
    final SeenHistory history = new SeenHistory();
    final CurrentPlan plan = new CurrentPlan();
    final Rejections rejections;
    final PendingWrites writes;
    final OwnLeases own;
    final ReadableSplits readable;
    final Adoptions adoptions;
    final HandoffPatience patience = new HandoffPatience();

    /** What was learnt by the answer that is being taken in. */
    final List<LeaseEvent> news = new ArrayList<>();

    private Rows rows = Rows.STALE;

    /** When to look whether a split that this member has claimed has been released meanwhile. */
    private OptionalLong lookAt = OptionalLong.empty();

    GroupView(
            String group, Incarnation me, LeaseTerms terms, MemberWatch watch, Renewals renewals) {
        this.group = group;
        this.me = me;
        this.terms = terms;
        this.watch = watch;
        this.renewals = renewals;
        this.rejections = new Rejections(terms);
        this.writes = new PendingWrites(group, me);
        this.own = new OwnLeases(me, watch, writes);
        this.readable = new ReadableSplits(me.memberId(), terms, own::has);
        this.adoptions =
                new Adoptions(group, me, terms, event -> news.add(new LeaseEvent.OfOutput(event)));
    }

    /** This member decides its output: no split is taken singly from a live owner. */
    void decides() {
        adoptions.on();
        patience.neverForces();
        own.decides();
    }

    // ------------------------------------------------------------------------------------------
    // What is known
    // ------------------------------------------------------------------------------------------

    boolean isStale() {
        return rows == Rows.STALE;
    }

    /** Some lease is other than known. */
    void outdated() {
        rows = Rows.STALE;
    }

    void outdatedIf(boolean is) {
        if (is) {
            outdated();
        }
    }

    /** Whether an owner that is in no row may live: the members are to be read again then. */
    boolean ownersMayBeNew() {
        return rows == Rows.NEWER_THAN_MEMBERS;
    }

    /** The row of this incarnation, if it was seen. */
    Optional<Member> myRow() {
        return watch.row(me.memberId()).filter(row -> row.incarnation().equals(me));
    }

    // ------------------------------------------------------------------------------------------
    // What was read
    // ------------------------------------------------------------------------------------------

    /** The rows of the members. */
    void saw(Membership membership, long sentAt, long now) {
        watch.saw(membership, sentAt, now);
        history.saw(membership.changeNumber());
        rows = isStale() || !history.isKnown() ? Rows.STALE : Rows.KNOWN;
        if (plan.sawMembers(watch) && !isStale()) {
            // Claims stand as long as their claimants do. But whoever has forced a split may have
            // acquired it before it closed: where rows have changed they are read first.
            news.addAll(own.newsOfClaims(leases));
        }
    }

    /** A renewal was answered, and the members are seen: what had to wait for it may be tried. */
    void renewed(long sentAt, long now) {
        if (rejections.renewed(sentAt)) {
            history.doubt();
            outdated();
            plan.changed();
        }
        plan.membersRead(sentAt);
        if (!isStale()) {
            renewals.leasesKnown();
            lookAgain(now);
        }
    }

    void saw(Lease lease, long now) {
        Lease kept = leases.saw(lease, now);
        news.addAll(own.saw(kept));
        readable.saw(kept);
    }

    Optional<LeaseStep<?>> nextRead() {
        if (!isStale()) {
            return Optional.empty();
        }
        Read read = history.toRead(group);
        return LeaseStep.of(read, (changes, sentAt, now) -> read(read, changes, now));
    }

    private void read(Read read, LeaseChanges changes, long now) {
        history.read(read, changes.changeNumber());
        rows = history.isKnown() ? Rows.NEWER_THAN_MEMBERS : Rows.STALE;
        if (read.since() == 0) {
            leases.retain(changes.splitIds()).forEach(gone -> news.addAll(own.isGone(gone)));
        }
        changes.unreadable()
                .forEach(
                        (splitId, why) -> {
                            if (leases.sawUnreadable(splitId, why)) {
                                news.add(new LeaseEvent.Unreadable(splitId, why));
                            }
                        });
        changes.leases().forEach(lease -> saw(lease, now));
        Set<String> known = writes.discoveredBefore(leases);
        if (!known.isEmpty()) {
            news.add(new LeaseEvent.Known(known));
        }
        news.addAll(own.newsOfClaims(leases));
        if (!isStale()) {
            renewals.leasesKnown();
        }
        lookAgain(now);
        plan.changed();
    }

    // ------------------------------------------------------------------------------------------
    // A split stands still from when its owner lets it go until it is acquired: whoever waits for
    // one looks more often than at each renewal.
    // ------------------------------------------------------------------------------------------

    Optional<LeaseStep<?>> nextLook(long now) {
        if (lookAt.isEmpty() || now - lookAt.getAsLong() < 0) {
            return Optional.empty();
        }
        Read look = history.toRead(group);
        return LeaseStep.of(
                look,
                (changes, sentAt, then) -> {
                    if (changes.changeNumber() == look.since()) {
                        lookAgain(then);
                    } else {
                        read(look, changes, then);
                    }
                });
    }

    /** When it looks, if that is before the time given; else this. */
    long lookBefore(long other) {
        return lookAt.isPresent() && lookAt.getAsLong() - other < 0 ? lookAt.getAsLong() : other;
    }

    /** Not where the next renewal comes first, which shows the same. */
    private void lookAgain(long now) {
        long at = now + terms.lookInterval().toNanos();
        lookAt =
                at - renewals.dueAt() < 0 && own.awaitsHandoff(leases)
                        ? OptionalLong.of(at)
                        : OptionalLong.empty();
    }
}
