package io.leasehold.store.memory;

import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Decisions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.store.Decision;
import io.leasehold.lease.store.DecisionRequest;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.DecisionRequest.Decide.DecidedSplit;
import io.leasehold.lease.store.DecisionRequest.Decide.Then;
import io.leasehold.lease.store.DecisionRequest.DropOutput;
import io.leasehold.lease.store.DecisionRequest.ReadDecisions;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;

import java.util.Set;
import java.util.stream.Collectors;

/** What a table in memory answers about decided checkpoints. */
record MemoryDecisions(MemoryLeaseTable table) implements DecisionRequest.Answers {

    @Override
    public LeaseOutcome<Decision> decide(Decide decide) {
        return table.inLine(decide.seen(), decide.group(), group -> decide(group, decide));
    }

    private static LeaseOutcome<Decision> decide(MemoryGroup group, Decide decide) {
        Decisions now = group.decided().of(decide.by().memberId());
        Incarnation owner = decide.checkpoint().incarnation();
        if (now.cover(decide.checkpoint())) {
            return new Applied<>(new Decision.Decided());
        }
        if (!group.mayWrite(decide.by())) {
            return Refused.mayNotWrite(decide.by());
        }
        if (decide.isLate() && now.isSealed(owner)) {
            return new Applied<>(new Decision.Sealed());
        }
        Set<String> lost =
                decide.splits().stream()
                        .filter(split -> !isOwned(group, owner, split))
                        .map(DecidedSplit::splitId)
                        .collect(Collectors.toSet());
        if (!lost.isEmpty()) {
            return new Applied<>(new Decision.SplitsLost(lost));
        }
        record(group, owner, decide);
        group.decided().drop(decide.committed());
        group.decided().decide(decide.checkpoint(), decide.decidedOutput());
        return new Applied<>(new Decision.Decided());
    }

    private static boolean isOwned(MemoryGroup group, Incarnation owner, DecidedSplit split) {
        return group.row(split.splitId())
                .filter(row -> row.isOwnedBy(owner, split.epoch()))
                .isPresent();
    }

    private static void record(MemoryGroup group, Incarnation owner, Decide decide) {
        for (DecidedSplit split : decide.splits()) {
            group.row(split.splitId())
                    .filter(row -> row.accepts(owner, split.recorded()))
                    .map(row -> row.recorded(split.recorded()))
                    .ifPresent(group::record);
        }
        group.change(
                decide.splits(),
                DecidedSplit::splitId,
                (row, split) -> split.then() != Then.OWNED,
                (row, split) -> split.then() == Then.FINISHED ? row.finished() : row.unowned());
    }

    @Override
    public LeaseOutcome<Decisions> readDecisions(ReadDecisions read) {
        return table.in(read.group(), group -> group.decided().of(read.memberId()));
    }

    @Override
    public LeaseOutcome<Set<DecidedOutput.Key>> dropOutput(DropOutput drop) {
        return table.inAs(
                drop.by(),
                drop.group(),
                group -> Set.copyOf(group.decided().drop(Set.copyOf(drop.committed()))));
    }
}
