package io.leasehold.admin;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.Inspection.SeenSplit;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OperatorRequest.AsRead;
import io.leasehold.lease.store.OperatorRequest.Forget;
import io.leasehold.lease.store.OperatorRequest.Reset;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From where the next readers start, set by hand, for splits that nobody has. */
final class Positions {

    private final Desk desk;

    Positions(Desk desk) {
        this.desk = desk;
    }

    /** Refused unless all of them can be. What changes meanwhile may be left, which is said. */
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
                        "Split '%s' is finished; forget it, and it is found again if the source still has it."
                                .formatted(split.lease().splitId()));
            }
        }
        if (splits.isEmpty()) {
            throw new RefusedException("Group '%s' has no split to reset.".formatted(desk.group()));
        }
        Map<String, Progress> positions = repositioning.of(splits);
        List<Change> changes = new ArrayList<>();
        for (SeenSplit split : splits) {
            Progress position = positions.get(split.lease().splitId());
            changes.add(
                    new Change(
                            split.lease().splitId(),
                            "starts at %s; it was at %s"
                                    .formatted(position.text(), split.progress().text())));
        }
        if (!dryRun) {
            write(splits, positions, repositioning.repeatable());
        }
        return changes;
    }

    /**
     * A row changes without a new owner too: when a member withdraws its claim. Then it is read
     * again.
     */
    private void write(List<SeenSplit> splits, Map<String, Progress> positions, boolean repeatable)
            throws LeaseStoreException, RefusedException {
        List<SeenSplit> open = new ArrayList<>(splits);
        try {
            write(splits.size(), open, positions);
        } catch (LeaseStoreException e) {
            desk.tellCutShort(
                    splits.size() - open.size(),
                    splits.size(),
                    "reset",
                    repeatable
                            ? "It is safe to repeat: what is reset already is set to the same place again."
                            : "Do not repeat it for all: it counts from where each split is, so it would count twice for those; look (describe) and reset the rest one by one.");
            throw e;
        }
    }

    /**
     * @param all how many there were
     * @param open those that are to be written; one that is leaves it
     */
    private void write(int all, List<SeenSplit> open, Map<String, Progress> positions)
            throws LeaseStoreException, RefusedException {
        for (int tries = 0; tries < Desk.TRIES; tries++) {
            desk.askForAll(
                    open.stream()
                            .map(SeenSplit::lease)
                            .map(
                                    lease ->
                                            new Reset.Position(
                                                    lease.splitId(),
                                                    lease.version(),
                                                    positions.get(lease.splitId())))
                            .toList(),
                    some -> new Reset(desk.group(), some),
                    done -> open.removeIf(split -> done.contains(split.lease().splitId())));
            if (open.isEmpty()) {
                return;
            }
            Inspection now = desk.inspect();
            try {
                for (int split = 0; split < open.size(); split++) {
                    open.set(split, unchanged(now, open.get(split).lease()));
                }
            } catch (RefusedException e) {
                throw new RefusedException(
                        "%s %s".formatted(e.getMessage(), reset(all - open.size())));
            }
        }
        throw new RefusedException(
                "The row of split '%s' changed %s times while it was being reset; try again. %s"
                        .formatted(
                                open.get(0).lease().splitId(),
                                Desk.TRIES,
                                reset(all - open.size())));
    }

    private static String reset(int others) {
        return switch (others) {
            case 0 -> "Nothing was reset.";
            case 1 -> "1 other was reset.";
            default -> "%s others were reset.".formatted(others);
        };
    }

    /** The split as it is now, if it starts from where it did before. */
    private SeenSplit unchanged(Inspection now, Lease before) throws RefusedException {
        SeenSplit split = desk.split(now, before.splitId());
        requireFree(now, split.lease());
        if (split.lease().finished() || split.lease().epoch() != before.epoch()) {
            throw new RefusedException(
                    "Split '%s' has just been read by another member; look again."
                            .formatted(before.splitId()));
        }
        if (split.lease().tenure() != before.tenure()) {
            throw new RefusedException(
                    "Split '%s' was reset by somebody else just now; look again."
                            .formatted(before.splitId()));
        }
        return split;
    }

    List<Change> forget(String splitId, boolean dryRun)
            throws LeaseStoreException, RefusedException {
        for (int tries = 0; tries < Desk.TRIES; tries++) {
            SeenSplit split = forgettable(splitId);
            AsRead asRead = new AsRead(splitId, split.lease().version());
            if (dryRun || desk.ask(new Forget(desk.group(), List.of(asRead))).contains(splitId)) {
                return List.of(
                        new Change(
                                splitId,
                                "forgotten at %s; it is found again, and read from its start, if the source still has it"
                                        .formatted(split.progress().text())));
            }
        }
        throw new RefusedException(
                "The row of split '%s' changed %s times while it was being forgotten; try again."
                        .formatted(splitId, Desk.TRIES));
    }

    private SeenSplit forgettable(String splitId) throws LeaseStoreException, RefusedException {
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
                        "Split '%s' is not finished and member '%s' takes part, which would keep trying to acquire it: stop the group's jobs first."
                                .formatted(splitId, member.get()));
            }
        }
        return split;
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
                        ? "Split '%s' is still owned by '%s', which is closed: evict that member first."
                                .formatted(lease.splitId(), lease.owner().get().memberId())
                        : "Split '%s' is owned by '%s': stop that job and evict the member first."
                                .formatted(lease.splitId(), lease.owner().get().memberId()));
    }
}
