package io.leasehold.store.memory;

import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.GroupSummary;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.lease.store.OperatorRequest.AsRead;
import io.leasehold.lease.store.OperatorRequest.Check;
import io.leasehold.lease.store.OperatorRequest.Forget;
import io.leasehold.lease.store.OperatorRequest.ForgetGroup;
import io.leasehold.lease.store.OperatorRequest.Groups;
import io.leasehold.lease.store.OperatorRequest.Inspect;
import io.leasehold.lease.store.OperatorRequest.Order;
import io.leasehold.lease.store.OperatorRequest.ReleaseAbandoned;
import io.leasehold.lease.store.OperatorRequest.Reset;
import io.leasehold.lease.store.StoreCheck;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a table in memory answers operators. */
record MemoryOperators(MemoryLeaseTable table) implements OperatorRequest.Answers {

    private static final int SCHEMA_VERSION = 1;

    @Override
    public LeaseOutcome<Membership> order(Order order) {
        return table.in(
                order.group(),
                group -> {
                    group.member(order.memberId())
                            .map(row -> row.with(order.orders()))
                            .ifPresent(group::change);
                    return group.membership();
                });
    }

    @Override
    public LeaseOutcome<List<GroupSummary>> groups(Groups groups) {
        return new Applied<>(table.groups(MemoryOperators::summary));
    }

    private static GroupSummary summary(String id, MemoryGroup group) {
        return new GroupSummary(
                id,
                SCHEMA_VERSION,
                group.changeNumber(),
                group.membership().members().size(),
                group.rows().size(),
                Instant.EPOCH);
    }

    @Override
    public LeaseOutcome<Optional<Inspection>> inspect(Inspect inspect) {
        return table.in(
                inspect.group(),
                group ->
                        Optional.of(group)
                                .filter(MemoryGroup::exists)
                                .map(MemoryOperators::inspection));
    }

    private static Inspection inspection(MemoryGroup group) {
        return new Inspection(
                Instant.EPOCH,
                group.changeNumber(),
                group.membership().members().stream()
                        .sorted(Comparator.comparing(Member::id))
                        .map(row -> new Inspection.SeenMember(row, Instant.EPOCH, Instant.EPOCH))
                        .toList(),
                group.rows().stream()
                        .sorted(Comparator.comparing(MemoryRow::splitId))
                        .map(
                                row ->
                                        new Inspection.SeenSplit(
                                                row.lease(), row.progress(), Instant.EPOCH))
                        .toList(),
                Map.of());
    }

    /** There is nothing to be refused. */
    @Override
    public LeaseOutcome<StoreCheck> check(Check check) {
        return new Applied<>(
                new StoreCheck(
                        "memory of this JVM", SCHEMA_VERSION, Instant.EPOCH, List.of(), List.of()));
    }

    @Override
    public LeaseOutcome<Set<String>> releaseAbandoned(ReleaseAbandoned release) {
        return table.in(
                release.group(),
                group ->
                        group.change(
                                release.splits(),
                                AsRead::splitId,
                                (row, split) ->
                                        row.isAsRead(split.version())
                                                && row.lease()
                                                        .owner()
                                                        .filter(by -> !group.mayWrite(by))
                                                        .isPresent(),
                                (row, split) -> row.unowned()));
    }

    @Override
    public LeaseOutcome<Set<String>> reset(Reset reset) {
        return table.in(
                reset.group(),
                group ->
                        group.change(
                                reset.splits(),
                                Reset.Position::splitId,
                                (row, split) ->
                                        row.isUnfinishedAsRead(split.version()) && row.isUnowned(),
                                (row, split) -> row.startingAt(split.progress())));
    }

    @Override
    public LeaseOutcome<Set<String>> forget(Forget forget) {
        return table.in(
                forget.group(),
                group -> {
                    boolean allClosed = group.allClosed();
                    Set<String> forgotten =
                            group.change(
                                    forget.splits(),
                                    AsRead::splitId,
                                    (row, split) ->
                                            row.isAsRead(split.version())
                                                    && row.isUnowned()
                                                    && (row.lease().finished() || allClosed),
                                    (row, split) -> row);
                    group.forgetSplits(forgotten);
                    return forgotten;
                });
    }

    @Override
    public LeaseOutcome<Boolean> forgetGroup(ForgetGroup forget) {
        return table.in(
                forget.group(),
                group -> {
                    boolean asRead =
                            group.exists()
                                    && group.changeNumber() == forget.changeNumber()
                                    && group.allClosed()
                                    && !group.decided().hasOutput()
                                    && group.rows().stream().allMatch(MemoryRow::isUnowned);
                    if (asRead) {
                        group.delete();
                    }
                    return asRead;
                });
    }
}
