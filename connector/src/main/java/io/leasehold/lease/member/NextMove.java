package io.leasehold.lease.member;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Claim.Claimed;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.OwnershipRequest.Withdraw;
import io.leasehold.lease.store.SplitRequest.Locate;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What one member asks next to come to the plan: what it acquires, withdraws and claims, in this
 * order, and when it waits.
 */
final class NextMove {

    private final GroupView view;
    private final CurrentPlan plan;
    private final Strangers strangers;

    /** Before that nothing is acquired; see {@link LostHistory}. */
    private OptionalLong quietUntil = OptionalLong.empty();

    NextMove(GroupView view) {
        this.view = view;
        this.plan = view.plan;
        this.strangers = new Strangers(view.me.memberId());
    }

    void waitsUntil(long quiet) {
        quietUntil = OptionalLong.of(quiet);
    }

    /**
     * @param insideFor how long ago this incarnation joined
     */
    Optional<LeaseStep<?>> next(JobState job, Duration insideFor, long now) {
        if (job.whyWithoutReaders().isPresent()) {
            return withdrawAll();
        }
        if (!job.isStateKnown()) {
            return Optional.empty();
        }
        if (!plan.isDue()) {
            return acquire();
        }
        plan.begun();
        // Told after its row was read, or its owner came to life since.
        view.leases.of(view.own.restored()).forEach(lease -> view.saw(lease, now));
        Optional<Lease> refused =
                view.leases.of(view.own.restored()).stream()
                        .filter(view.own::isRefused)
                        .findFirst();
        OptionalLong waits =
                refused.isPresent()
                        ? ownerMayBeNew(refused.get()) ? OptionalLong.of(now) : OptionalLong.empty()
                        : waitsUntil(insideFor, now);
        if (waits.isPresent()) {
            plan.readAgainAt(waits.getAsLong());
            return Optional.empty();
        }
        return refused.isPresent() ? refuse(refused.get()) : make(now);
    }

    /** It may live though it is in no row: the members are to be read again. */
    private boolean ownerMayBeNew(Lease lease) {
        return view.ownersMayBeNew()
                && lease.owner().filter(owner -> !view.watch.hasRow(owner)).isPresent();
    }

    /** A group that nobody has ever read is given time to come together. */
    private OptionalLong waitsUntil(Duration insideFor, long now) {
        if (quietUntil.isPresent() && now - quietUntil.getAsLong() < 0) {
            return quietUntil;
        }
        Duration left = view.terms.initialWait().minus(insideFor);
        boolean waits =
                left.compareTo(Duration.ZERO) > 0
                        && view.watch.candidates(view.me).size() < view.terms.initialMembers()
                        && view.leases.neverGranted();
        return waits ? OptionalLong.of(now + left.toNanos()) : OptionalLong.empty();
    }

    /** Before anything is acquired, so that the rows stay as they are. */
    private Optional<LeaseStep<?>> refuse(Lease lease) {
        return LeaseStep.of(
                new Locate(view.group, lease.splitId()),
                (progress, sentAt, now) ->
                        view.news.add(new LeaseEvent.RestoreRefused(lease, progress)));
    }

    private Optional<LeaseStep<?>> make(long now) {
        PlannedMoves moves =
                PlannedMoves.of(
                        new PlannedMoves.View(
                                view.me,
                                view.terms,
                                view.leases,
                                view.watch,
                                view.ownersMayBeNew(),
                                view.readable,
                                view.own.notToBeAcquired(),
                                view.patience,
                                now));
        if (moves.unassigned() != plan.unassigned()) {
            view.news.add(new LeaseEvent.Unassigned(moves.unassigned()));
        }
        plan.made(moves);
        view.news.addAll(strangers.news(otherLiveMembers(), view.leases.toBeHad()));
        return acquire().or(() -> withdraw(moves)).or(() -> claim(moves));
    }

    private List<String> otherLiveMembers() {
        return view.watch.rows().stream()
                .map(Member::id)
                .filter(id -> !id.equals(view.me.memberId()) && view.watch.live(id))
                .toList();
    }

    // ------------------------------------------------------------------------------------------
    // Claims
    // ------------------------------------------------------------------------------------------

    /** Who has no readers waits for nothing; an earlier life, or an operator, may have claimed. */
    private Optional<LeaseStep<?>> withdrawAll() {
        List<String> claimed =
                view.leases.claimed().stream()
                        .filter(lease -> lease.isClaimedBy(view.me.memberId()))
                        .map(Lease::splitId)
                        .limit(LeaseRequest.MOST_SPLITS)
                        .toList();
        return claimed.isEmpty()
                ? Optional.empty()
                : LeaseStep.of(
                        new Withdraw(view.group, view.me, claimed),
                        (withdrawn, sentAt, now) -> view.outdated());
    }

    private Optional<LeaseStep<?>> withdraw(PlannedMoves moves) {
        List<String> splits = plan.few(notRejected(moves.withdraw(), Function.identity()));
        return splits.isEmpty()
                ? Optional.empty()
                : LeaseStep.of(
                        new Withdraw(view.group, view.me, splits),
                        (withdrawn, sentAt, now) -> changed(splits, withdrawn));
    }

    private Optional<LeaseStep<?>> claim(PlannedMoves moves) {
        List<Claimed> splits = plan.few(notRejected(moves.claim(), Claimed::splitId));
        return splits.isEmpty()
                ? Optional.empty()
                : LeaseStep.of(
                        new OwnershipRequest.Claim(view.group, view.me, splits),
                        (claimed, sentAt, now) ->
                                changed(splits.stream().map(Claimed::splitId).toList(), claimed));
    }

    /** Rows were to be changed; some of them may have been other than known. */
    private void changed(List<String> wanted, Set<String> changed) {
        view.outdated();
        wanted.stream()
                .filter(splitId -> !changed.contains(splitId))
                .flatMap(splitId -> view.leases.of(splitId).stream())
                .forEach(lease -> view.rejections.rejected(lease.splitId(), lease.version()));
    }

    /** Those that may be asked for now; the others are planned again after the next renewal. */
    private <X> List<X> notRejected(List<X> wanted, Function<X, String> splitId) {
        List<X> now =
                wanted.stream()
                        .filter(
                                one ->
                                        view.leases
                                                .of(splitId.apply(one))
                                                .filter(view.rejections::mustWait)
                                                .isEmpty())
                        .toList();
        if (now.size() < wanted.size()) {
            plan.changed();
        }
        return now;
    }

    // ------------------------------------------------------------------------------------------
    // Acquisitions
    // ------------------------------------------------------------------------------------------

    private Optional<LeaseStep<?>> acquire() {
        List<Lease> free = notRejected(plan.nextToAcquire(), Lease::splitId);
        if (free.isEmpty()) {
            return Optional.empty();
        }
        Acquire request =
                new Acquire(
                        view.group,
                        view.me,
                        free.stream()
                                .map(
                                        lease ->
                                                new Acquire.Wanted(
                                                        lease.splitId(),
                                                        lease.version(),
                                                        view.own.tenureToAcquire(lease),
                                                        view.own.epochToBeBeyond(lease)))
                                .toList(),
                        view.history.seen());
        return LeaseStep.of(request, (taken, sentAt, now) -> acquired(request, taken, now));
    }

    private void acquired(Acquire request, List<Acquire.Taken> taken, long now) {
        // Who lost a race, and whoever won it, shows in the rows.
        if (taken.size() < request.splits().size()) {
            view.outdated();
            Set<String> had =
                    taken.stream().map(one -> one.lease().splitId()).collect(Collectors.toSet());
            request.splits().stream()
                    .filter(wanted -> !had.contains(wanted.splitId()))
                    .forEach(
                            wanted -> view.rejections.rejected(wanted.splitId(), wanted.version()));
        }
        if (!taken.isEmpty()) {
            view.history.made(taken.get(0).lease().version());
            view.outdatedIf(!view.history.isKnown());
        }
        taken.forEach(one -> acquired(one, now));
        view.news.addAll(view.own.newsOfClaims(view.leases));
    }

    private void acquired(Acquire.Taken taken, long now) {
        Optional<Lease> asRead = view.leases.of(taken.lease().splitId());
        LeaseEvent.Acquired.Way way =
                asRead.map(before -> LeaseEvent.Acquired.Way.from(before, view.me))
                        .orElse(LeaseEvent.Acquired.Way.FREE);
        asRead.flatMap(Lease::owner).ifPresent(view.adoptions::acquiredFrom);
        view.patience.had(taken.lease().splitId());
        Lease kept = view.leases.saw(taken.lease(), now);
        if (view.readable.canRead(kept.splitId())) {
            view.news.addAll(view.own.acquired(new Acquire.Taken(kept, taken.progress()), way));
        } else {
            // It had it in an earlier life; nobody of this one has read it.
            view.writes.released(
                    new Release.Released(kept.splitId(), kept.epoch(), Optional.empty()));
        }
    }
}
