package io.leasehold.lease.member;

import io.leasehold.lease.store.MembershipRequest.Close;

import java.time.Duration;
import java.util.Optional;

/** What becomes of the rows of members that are not there any more. */
final class OthersRows {

    private final GroupView view;
    private final MemberLife life;
    private final Retention retention;

    OthersRows(GroupView view, MemberLife life) {
        this.view = view;
        this.life = life;
        this.retention = new Retention(view.group, view.me, view.terms);
    }

    /** Closes a member that is dead: its validity is over, and so the grants of its readers. */
    Optional<LeaseStep<?>> nextToClose(long now) {
        return view.watch.rows().stream()
                .filter(row -> !row.incarnation().equals(view.me) && view.watch.dead(row.id()))
                .findFirst()
                .flatMap(
                        dead ->
                                LeaseStep.of(
                                        new Close(
                                                view.group,
                                                dead.incarnation(),
                                                Optional.of(dead.beat()),
                                                // Those of the one it replaced may not be.
                                                view.watch.silentIn(dead.incarnation(), now),
                                                Duration.ZERO,
                                                view.history.seen()),
                                        (closed, sentAt, then) -> {
                                            life.saw(closed.members(), sentAt, then);
                                            view.adoptions.closed(
                                                    dead.incarnation(),
                                                    closed.decisions(),
                                                    view.watch,
                                                    then);
                                        }));
    }

    /** Deletes what nobody needs any more. */
    Optional<LeaseStep<?>> nextToForget(long now) {
        return retention
                .next(view.watch, view.leases, now)
                .flatMap(
                        request ->
                                LeaseStep.of(
                                        request,
                                        (forgotten, sentAt, then) -> {
                                            if (!forgotten.isEmpty()) {
                                                view.outdated();
                                                view.news.add(
                                                        new LeaseEvent.MembersForgotten(forgotten));
                                            }
                                        }));
    }
}
