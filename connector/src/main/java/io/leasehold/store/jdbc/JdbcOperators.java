package io.leasehold.store.jdbc;

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
import io.leasehold.store.jdbc.sql.LeaseSql;
import io.leasehold.store.jdbc.sql.LockOrder;
import io.leasehold.store.jdbc.sql.OperatorSql;
import io.leasehold.store.jdbc.sql.Sql;
import io.leasehold.store.jdbc.sql.Values;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which statements make up the requests of operators. */
record JdbcOperators(JdbcRequests requests) implements OperatorRequest.Answers {

    @Override
    public LeaseOutcome<Membership> order(Order order) {
        Values values =
                Values.of(order.group()).with("member", order.memberId()).orders(order.orders());
        return requests.changing(
                order.group(),
                0,
                (session, group) ->
                        ChangedMember.by(session, LeaseSql.ORDER, values, order.group()));
    }

    @Override
    public LeaseOutcome<List<GroupSummary>> groups(Groups groups) {
        return requests.single(session -> new Applied<>(JdbcInspection.groups(session)));
    }

    @Override
    public LeaseOutcome<Optional<Inspection>> inspect(Inspect inspect) {
        return requests.single(
                session -> new Applied<>(JdbcInspection.of(session, inspect.group())));
    }

    @Override
    public LeaseOutcome<StoreCheck> check(Check check) {
        return requests.single(session -> new Applied<>(JdbcCheck.of(session)));
    }

    @Override
    public LeaseOutcome<Set<String>> releaseAbandoned(ReleaseAbandoned release) {
        return changeEach(
                release.group(),
                OperatorSql.RELEASE_ABANDONED,
                asRead(release.group(), release.splits()));
    }

    @Override
    public LeaseOutcome<Set<String>> reset(Reset reset) {
        List<Values> each =
                LockOrder.of(reset.splits(), Reset.Position::splitId).stream()
                        .map(
                                split ->
                                        asRead(reset.group(), split.splitId(), split.version())
                                                .with("progress", split.progress().bytes())
                                                .with(
                                                        "serializer_version",
                                                        split.progress().serializerVersion())
                                                .with("text", split.progress().text())
                                                .with(
                                                        "checkpoint",
                                                        split.progress().checkpointId()))
                        .toList();
        return changeEach(reset.group(), OperatorSql.RESET, each);
    }

    @Override
    public LeaseOutcome<Set<String>> forget(Forget forget) {
        return changeEach(
                forget.group(),
                OperatorSql.MARK_TO_FORGET,
                asRead(forget.group(), forget.splits()),
                OperatorSql.DELETE_CHANGED);
    }

    @Override
    public LeaseOutcome<Boolean> forgetGroup(ForgetGroup forget) {
        Values values = Values.of(forget.group()).with("read_change_number", forget.changeNumber());
        return requests.single(
                session -> new Applied<>(session.update(OperatorSql.DELETE_GROUP, values) > 0));
    }

    private LeaseOutcome<Set<String>> changeEach(
            String id, Sql sql, List<Values> each, Sql... then) {
        return requests.changing(
                id,
                0,
                (session, group) -> ChangedSplits.byEach(session, sql, each, group, id, then));
    }

    private static List<Values> asRead(String group, List<AsRead> splits) {
        return LockOrder.of(splits, AsRead::splitId).stream()
                .map(split -> asRead(group, split.splitId(), split.version()))
                .toList();
    }

    private static Values asRead(String group, String splitId, long version) {
        return Values.of(group).with("split", splitId).with("read_version", version);
    }
}
