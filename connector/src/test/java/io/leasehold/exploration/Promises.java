package io.leasehold.exploration;

import io.leasehold.exploration.Table.Row;
import io.leasehold.exploration.Violation.Promise;
import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.OwnershipRequest.Release;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What must be so in every state, and of every change of the table. */
final class Promises {

    private Promises() {}

    /** S1, and of S5 that nobody emits behind the position with which a split was let go. */
    static void judge(World world) {
        Map<String, Incarnation> emitters = new HashMap<>();
        world.all().forEach(life -> judge(world, life, emitters));
    }

    private static void judge(World world, Life life, Map<String, Incarnation> emitters) {
        life.readings()
                .forEach(
                        (splitId, reading) -> {
                            if (!reading.mayEmit(world.now())) {
                                return;
                            }
                            Incarnation other = emitters.put(splitId, life.me);
                            if (other != null) {
                                throw new Violation(
                                        Promise.S1_EXCLUSIVE,
                                        other + " and " + life.me + " may emit " + splitId);
                            }
                            Long end = world.frozen().get(splitId);
                            if (end != null && end == reading.epoch()) {
                                throw new Violation(
                                        Promise.S5_STARTS_WHERE_THE_LAST_LET_GO,
                                        life.me
                                                + " may emit "
                                                + splitId
                                                + ", which it let go in the same epoch");
                            }
                        });
    }

    /**
     * S2, and of S5 that a split is let go with the position at which its reader stood still.
     *
     * @param frozen which epoch of a split came to its end in a completed checkpoint
     */
    static void judge(
            LeaseRequest<?> request,
            Map<String, Row> before,
            Map<String, Row> after,
            Map<String, Long> frozen) {
        before.forEach(
                (splitId, row) -> {
                    Row now = after.get(splitId);
                    if (isNewGrant(row.lease(), now.lease())) {
                        if (now.lease().epoch() <= row.lease().epoch()) {
                            throw fenced(request, "gives " + splitId + " no greater epoch");
                        }
                    } else if (now.lease().epoch() != row.lease().epoch()) {
                        throw fenced(request, "changes the epoch of " + splitId);
                    }
                    boolean released =
                            row.lease().owner().isPresent() && now.lease().owner().isEmpty();
                    if (released && !isItsOwn(request, row.lease())) {
                        throw fenced(request, "releases " + splitId + " of another");
                    }
                    long position =
                            released
                                    ? Optional.ofNullable(frozen.get(splitId)).orElse(-1L)
                                    : row.progress().checkpointId();
                    if (now.progress().checkpointId() != position) {
                        throw new Violation(
                                Promise.S5_STARTS_WHERE_THE_LAST_LET_GO,
                                request
                                        + " leaves "
                                        + splitId
                                        + " at the end of epoch "
                                        + now.progress().checkpointId()
                                        + ", not "
                                        + position);
                    }
                });
    }

    /** Of S5 that who acquires a split starts where the table says. */
    static void judge(List<LeaseEvent> events, Map<String, Row> rows) {
        for (LeaseEvent event : events) {
            if (event instanceof LeaseEvent.Acquired acquired
                    && !acquired.progress()
                            .equals(rows.get(acquired.lease().splitId()).progress())) {
                throw new Violation(
                        Promise.S5_STARTS_WHERE_THE_LAST_LET_GO,
                        acquired.lease() + " is started at " + acquired.progress());
            }
        }
    }

    private static boolean isNewGrant(Lease before, Lease after) {
        return after.owner().isPresent()
                && (!after.owner().equals(before.owner()) || after.epoch() != before.epoch());
    }

    private static boolean isItsOwn(LeaseRequest<?> request, Lease lease) {
        return request instanceof Release release
                && lease.ownedBy(release.by())
                && release.splits().stream()
                        .anyMatch(
                                split ->
                                        split.splitId().equals(lease.splitId())
                                                && split.epoch() == lease.epoch());
    }

    private static Violation fenced(LeaseRequest<?> request, String what) {
        return new Violation(Promise.S2_FENCED, request + " " + what);
    }
}
