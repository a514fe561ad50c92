package io.leasehold.admin;

import io.leasehold.lease.Inspection;
import io.leasehold.lease.Inspection.SeenSplit;
import io.leasehold.lease.Lease;
import io.leasehold.lease.LeaseRequest.AsRead;
import io.leasehold.lease.LeaseRequest.Forget;
import io.leasehold.lease.LeaseRequest.Reset;
import io.leasehold.lease.LeaseStoreException;
import io.leasehold.lease.MemberState;
import io.leasehold.lease.Progress;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** From where the next readers start, set by hand, for splits that nobody has. */
final class Positions {

    private final Desk desk;

    Positions(Desk desk) {
        this.desk = desk;
    }

    /** All of them, or none. */
    List<Change> reset(
            Optional<String> splitId, LeaseAdmin.Repositioning repositioning, boolean dryRun)
            throws LeaseStoreException, RefusedException {
        Inspection seen = desk.inspect();
        List<SeenSplit> splits = new ArrayList<>();
        if (splitId.isPresent()) {
            splits.add(desk.split(seen, splitId.get()));
        } else {
            for (String unreadable : seen.unreadable().keySet()) {
                desk.split(seen, unreadable);
            }
            seen.splits().stream().filter(split -> !split.lease().finished()).forEach(splits::add);
        }
        for (SeenSplit split : splits) {
            requireFree(seen, split.lease());
            if (split.lease().finished()) {
                throw new RefusedException(
                        "Split '%s' has come to its end; forget it, and it is found again if the source still has it."
                                .formatted(split.lease().splitId()));
            }
        }
        if (splits.isEmpty()) {
            throw new RefusedException("Group '%s' has no split to reset.".formatted(desk.group()));
        }
        Map<String, Progress> positions = repositioning.of(splits);
        List<Change> changes = new ArrayList<>();
        List<Reset.Position> wanted = new ArrayList<>();
        for (SeenSplit split : splits) {
            Progress position = positions.get(split.lease().splitId());
            wanted.add(
                    new Reset.Position(split.lease().splitId(), split.lease().version(), position));
            changes.add(
                    new Change(
                            split.lease().splitId(),
                            "starts at %s; it was at %s"
                                    .formatted(position.text(), split.progress().text())));
        }
        if (!dryRun) {
            requireAll(splits, desk.ask(new Reset(desk.group(), wanted)), "reset");
        }
        return changes;
    }

    List<Change> forget(String splitId, boolean dryRun)
            throws LeaseStoreException, RefusedException {
        Inspection seen = desk.inspect();
        SeenSplit split = desk.split(seen, splitId);
        requireFree(seen, split.lease());
        for (SeenSplit other : seen.splits()) {
            if (!other.lease().finished() && other.lease().parents().contains(splitId)) {
                throw new RefusedException(
                        "Split '%s' is a parent of '%s', which would wait for it for ever."
                                .formatted(splitId, other.lease().splitId()));
            }
        }
        if (!split.lease().finished()) {
            Optional<String> member =
                    seen.members().stream()
                            .filter(row -> row.row().state() != MemberState.CLOSED)
                            .map(row -> row.row().id())
                            .findFirst();
            if (member.isPresent()) {
                throw new RefusedException(
                        "Split '%s' is not finished and member '%s' takes part, which would go on trying to get it: stop the group's jobs first."
                                .formatted(splitId, member.get()));
            }
        }
        if (!dryRun) {
            requireAll(
                    List.of(split),
                    desk.ask(
                            new Forget(
                                    desk.group(),
                                    List.of(new AsRead(splitId, split.lease().version())))),
                    "forgotten");
        }
        return List.of(
                new Change(
                        splitId,
                        "forgotten at %s; it is found again, and read from its start, if the source still has it"
                                .formatted(split.progress().text())));
    }

    private static void requireFree(Inspection seen, Lease lease) throws RefusedException {
        if (lease.owner().isEmpty()) {
            return;
        }
        boolean over =
                seen.membership()
                        .member(lease.owner().get().memberId())
                        .filter(row -> row.incarnation().equals(lease.owner().get()))
                        .filter(row -> row.state() != MemberState.CLOSED)
                        .isEmpty();
        throw new RefusedException(
                over
                        ? "Split '%s' is still under the name of '%s', which has ended: evict that member first, and it is nobody's."
                                .formatted(lease.splitId(), lease.owner().get().memberId())
                        : "Split '%s' is held by '%s': stop that job and evict the member first."
                                .formatted(lease.splitId(), lease.owner().get().memberId()));
    }

    private static void requireAll(List<SeenSplit> splits, Set<String> done, String what)
            throws RefusedException {
        for (SeenSplit split : splits) {
            if (!done.contains(split.lease().splitId())) {
                throw new RefusedException(
                        "Split '%s' has just changed hands and was not %s%s; look again."
                                .formatted(
                                        split.lease().splitId(),
                                        what,
                                        done.isEmpty()
                                                ? ""
                                                : " (%d others were)".formatted(done.size())));
            }
        }
    }
}
