package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.GroupSummary;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseAnswers;
import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Applied;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.Close;
import io.leasehold.lease.store.MembershipRequest.Declare;
import io.leasehold.lease.store.MembershipRequest.ForgetMembers;
import io.leasehold.lease.store.MembershipRequest.Join;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.lease.store.OperatorRequest.AsRead;
import io.leasehold.lease.store.OperatorRequest.Check;
import io.leasehold.lease.store.OperatorRequest.Forget;
import io.leasehold.lease.store.OperatorRequest.ForgetGroup;
import io.leasehold.lease.store.OperatorRequest.Free;
import io.leasehold.lease.store.OperatorRequest.Groups;
import io.leasehold.lease.store.OperatorRequest.Inspect;
import io.leasehold.lease.store.OperatorRequest.Order;
import io.leasehold.lease.store.OperatorRequest.Reset;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Claim;
import io.leasehold.lease.store.OwnershipRequest.Claim.Claimed;
import io.leasehold.lease.store.OwnershipRequest.Finish;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.lease.store.OwnershipRequest.Release.Released;
import io.leasehold.lease.store.OwnershipRequest.Withdraw;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.lease.store.SplitRequest.Discover;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.lease.store.SplitRequest.Exclude;
import io.leasehold.lease.store.SplitRequest.Exclude.Excluded;
import io.leasehold.lease.store.SplitRequest.Locate;
import io.leasehold.lease.store.SplitRequest.Rate;
import io.leasehold.lease.store.SplitRequest.Rate.Rated;
import io.leasehold.lease.store.SplitRequest.Read;
import io.leasehold.lease.store.StoreCheck;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

import static io.leasehold.store.jdbc.Column.number;
import static io.leasehold.store.jdbc.Column.real;
import static io.leasehold.store.jdbc.Column.text;

/**
 * Leases in a SQL database: which statements make up each request.
 *
 * <p>{@link #close()} ends a call that waits for an answer of PostgreSQL or MariaDB; one that still
 * waits for a connection, or for H2 inside of this JVM, ends at its time-out.
 */
public final class JdbcLeaseStore
        implements LeaseStore,
                MembershipRequest.Answers,
                SplitRequest.Answers,
                OwnershipRequest.Answers,
                OperatorRequest.Answers {

    private final LeaseAnswers answers = new LeaseAnswers(this, this, this, this);

    private final JdbcRequests requests;
    private final ClosedMembers closedMembers = new ClosedMembers();

    JdbcLeaseStore(
            JdbcConnections connections,
            SqlDialect dialect,
            String url,
            Duration timeout,
            boolean createsSchema) {
        requests = new JdbcRequests(connections, dialect, url, timeout, createsSchema);
    }

    /** The store at a JDBC URL; see there for user, password and the like. */
    public static JdbcLeaseStoreConfig url(String url) {
        return new JdbcLeaseStoreConfig(url, Map.of());
    }

    /**
     * The statements that make the tables, by the name of the database in JDBC URLs: what {@code
     * conf/lease-schema-*.sql} says.
     */
    public static Map<String, String> schemas() {
        Map<String, String> texts = new TreeMap<>();
        SqlDialect.schemasByName()
                .forEach((name, schema) -> texts.put(name, LeaseSchema.text(schema.file())));
        return texts;
    }

    @Override
    public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
        return request.answeredBy(answers);
    }

    @Override
    public LeaseOutcome<Membership> open(Open open) {
        return requests.single(
                session -> new Applied<>(GroupLock.open(session, open.group(), open.seen())));
    }

    @Override
    public LeaseOutcome<Membership> join(Join join) {
        return requests.changing(
                join.group(),
                join.seen(),
                (session, group) -> {
                    Member member = join.member();
                    Optional<Member> row = group.member(member.id());
                    if (row.equals(Optional.of(member))) {
                        return unchanged(session, join.group());
                    }
                    if (!replaces(join, row) || session.update(joining(row), values(join)) == 0) {
                        return new Refused<>(
                                member.incarnation()
                                        + " cannot join: the row is not the one it replaces.");
                    }
                    return changed(session, join.group());
                });
    }

    /** All of the condition but the beat, which may change although the group is locked. */
    private static boolean replaces(Join join, Optional<Member> row) {
        return row.map(Member::incarnation).equals(join.replaced().map(Member::incarnation))
                && row.map(Member::state).equals(join.replaced().map(Member::state))
                && row.map(Member::orders).equals(join.replaced().map(Member::orders))
                && row.filter(current -> current.state() == MemberState.CLOSED)
                        .filter(closed -> closed.incarnation().equals(join.member().incarnation()))
                        .isEmpty();
    }

    private static Sql joining(Optional<Member> row) {
        return row.isPresent() ? LeaseSql.REPLACE_MEMBER : LeaseSql.INSERT_MEMBER;
    }

    private static Values values(Join join) {
        Member member = join.member();
        Values values =
                Values.of(join.group())
                        .by(member.incarnation())
                        .with("beat", member.beat())
                        .with("state", member.state().name())
                        .with("weight", member.share().weight())
                        .with("most_splits", member.share().mostSplits())
                        .with("balance", member.share().balance().name())
                        .orders(member.orders())
                        .with("duration", member.duration().toNanos())
                        .with("emits_for", member.emitsFor().toNanos())
                        .with("held_for", member.heldFor().toNanos())
                        .with("notice", member.notice())
                        .with("sink_prefixes", LeaseRows.lines(member.sinkPrefixes()))
                        .with("description", member.description());
        join.replaced()
                .ifPresent(
                        row ->
                                values.with("replaced_incarnation", row.incarnation().id())
                                        .with("replaced_beat", row.beat()));
        return values;
    }

    @Override
    public LeaseOutcome<Membership> beat(Beat beat) {
        Values values =
                Values.of(beat.group()).by(beat.by()).with("beat", beat.beat()).seen(beat.seen());
        return requests.single(
                session -> {
                    Membership answer =
                            LeaseRows.membership(
                                    session.query(
                                            session.dialect().beat(), values, LeaseRows::group),
                                    session.dialect().schema(),
                                    beat.seen());
                    return answer.member(beat.by().memberId()).isPresent()
                            ? new Applied<>(answer)
                            : mayNotWrite(beat.by());
                });
    }

    @Override
    public LeaseOutcome<LeaseChanges> read(Read read) {
        Values values = Values.of(read.group()).with("since", read.since()).seen(read.seen());
        return requests.single(
                session ->
                        new Applied<>(
                                LeaseRows.changes(
                                        session.query(
                                                LeaseSql.CHANGED_SINCE, values, LeaseRows::change),
                                        session.dialect().schema(),
                                        read.seen())));
    }

    @Override
    public LeaseOutcome<Optional<Progress>> locate(Locate locate) {
        Values values = Values.of(locate.group()).with("split", locate.splitId());
        return requests.single(
                session ->
                        new Applied<>(
                                session
                                        .query(LeaseSql.PROGRESS, values, LeaseRows::progress)
                                        .stream()
                                        .findFirst()));
    }

    @Override
    public LeaseOutcome<Set<String>> discover(Discover discover) {
        List<NewSplit> splits = LockOrder.of(discover.splits(), NewSplit::splitId);
        Values values =
                Values.of(discover.group())
                        .with("splits", text(splits, NewSplit::splitId))
                        .with("parents", text(splits, split -> LeaseRows.lines(split.parents())))
                        .progress(splits.stream().map(NewSplit::start).toList());
        return ifWriter(discover.group(), discover.by(), SqlDialect::discover, values);
    }

    @Override
    public LeaseOutcome<List<Acquire.Taken>> acquire(Acquire acquire) {
        List<Acquire.Wanted> splits = LockOrder.of(acquire.splits(), Acquire.Wanted::splitId);
        Values values =
                Values.of(acquire.group())
                        .by(acquire.by())
                        .with("splits", text(splits, Acquire.Wanted::splitId))
                        .with("versions", number(splits, Acquire.Wanted::version))
                        .with("tenures", number(splits, Acquire.Wanted::tenure))
                        .with("beyonds", number(splits, Acquire.Wanted::beyond));
        return requests.changing(
                acquire.group(),
                acquire.seen(),
                (session, group) -> {
                    if (!mayWrite(group, acquire.by())) {
                        return mayNotWrite(acquire.by());
                    }
                    values.with("version", group.changeNumber());
                    if (isDrained(group, acquire.by())
                            || session.update(session.dialect().acquire(), values) == 0) {
                        return new Applied<>(List.of());
                    }
                    List<Optional<Acquire.Taken>> taken =
                            session.query(LeaseSql.TAKEN, values, LeaseRows::taken);
                    session.commit();
                    return new Applied<>(taken.stream().flatMap(Optional::stream).toList());
                });
    }

    @Override
    public LeaseOutcome<Set<String>> record(Record record) {
        return requests.single(
                session ->
                        new Applied<>(
                                record(
                                        session,
                                        session.dialect().recordAlone(),
                                        record.group(),
                                        record.by(),
                                        record.splits())));
    }

    @Override
    public LeaseOutcome<Set<String>> finish(Finish finish) {
        return requests.changing(
                finish.group(),
                (session, group) -> {
                    Set<String> held =
                            record(
                                    session,
                                    session.dialect().record(),
                                    finish.group(),
                                    finish.by(),
                                    finish.splits());
                    List<Recorded> ended =
                            LockOrder.of(finish.splits(), Recorded::splitId).stream()
                                    .filter(split -> held.contains(split.splitId()))
                                    .toList();
                    Values values =
                            Values.of(finish.group())
                                    .by(finish.by())
                                    .with("finished", true)
                                    .with("splits", text(ended, Recorded::splitId))
                                    .with("epochs", number(ended, Recorded::epoch));
                    return change(session, session.dialect().letGo(), values, group);
                });
    }

    @Override
    public LeaseOutcome<Set<String>> release(Release release) {
        List<Released> splits = LockOrder.of(release.splits(), Released::splitId);
        List<Recorded> read =
                splits.stream().map(Released::recorded).flatMap(Optional::stream).toList();
        Values values =
                Values.of(release.group())
                        .by(release.by())
                        .with("finished", false)
                        .with("splits", text(splits, Released::splitId))
                        .with("epochs", number(splits, Released::epoch));
        return requests.changing(
                release.group(),
                (session, group) -> {
                    record(
                            session,
                            session.dialect().record(),
                            release.group(),
                            release.by(),
                            read);
                    return change(session, session.dialect().letGo(), values, group);
                });
    }

    @Override
    public LeaseOutcome<Membership> close(Close close) {
        Values values =
                Values.of(close.group())
                        .by(close.closed())
                        .with("beat", close.beat().orElse(0L))
                        .with("any_beat", close.beat().isEmpty())
                        .with("emits_for", close.emitsFor().toNanos())
                        .with("held_for", close.heldFor().toNanos());
        return requests.changing(
                close.group(),
                close.seen(),
                (session, group) -> change(session, LeaseSql.CLOSE_MEMBER, values, close.group()));
    }

    @Override
    public LeaseOutcome<Set<String>> claim(Claim claim) {
        List<Claimed> splits = LockOrder.of(claim.splits(), Claimed::splitId);
        Values values =
                Values.of(claim.group())
                        .by(claim.by())
                        .with("splits", text(splits, Claimed::splitId))
                        .with("versions", number(splits, Claimed::version))
                        .with("kinds", text(splits, split -> split.kind().name()));
        return ifWriter(claim.group(), claim.by(), SqlDialect::claim, values);
    }

    @Override
    public LeaseOutcome<Set<String>> withdraw(Withdraw withdraw) {
        Values values =
                Values.of(withdraw.group())
                        .by(withdraw.by())
                        .with(
                                "splits",
                                text(
                                        LockOrder.of(withdraw.splitIds(), Function.identity()),
                                        Function.identity()));
        return ifWriter(withdraw.group(), withdraw.by(), SqlDialect::withdraw, values);
    }

    @Override
    public LeaseOutcome<Set<String>> exclude(Exclude exclude) {
        List<Excluded> splits = LockOrder.of(exclude.splits(), Excluded::splitId);
        Values values =
                Values.of(exclude.group())
                        .by(exclude.by())
                        .with("splits", text(splits, Excluded::splitId))
                        .with("versions", number(splits, Excluded::version))
                        .with("excluded", text(splits, LeaseRows::excluded));
        return ifWriter(exclude.group(), exclude.by(), SqlDialect::exclude, values);
    }

    @Override
    public LeaseOutcome<Set<String>> rate(Rate rate) {
        List<Rated> splits = LockOrder.of(rate.splits(), Rated::splitId);
        Values values =
                Values.of(rate.group())
                        .by(rate.by())
                        .with("splits", text(splits, Rated::splitId))
                        .with("epochs", number(splits, Rated::epoch))
                        .with("rates", real(splits, Rated::perSecond));
        return requests.changing(
                rate.group(),
                (session, group) -> change(session, session.dialect().rate(), values, group));
    }

    @Override
    public LeaseOutcome<Membership> declare(Declare declare) {
        Values values =
                Values.of(declare.group())
                        .by(declare.by())
                        .with("state", declare.state().name())
                        .with("notice", declare.notice())
                        .with("beat", declare.beat())
                        .with("may_own", declare.state() != MemberState.DRAINED);
        return requests.changing(
                declare.group(),
                declare.seen(),
                (session, group) ->
                        mayWrite(group, declare.by())
                                ? change(session, LeaseSql.DECLARE, values, declare.group())
                                : mayNotWrite(declare.by()));
    }

    @Override
    public LeaseOutcome<Membership> order(Order order) {
        Values values =
                Values.of(order.group()).with("member", order.memberId()).orders(order.orders());
        return requests.changing(
                order.group(),
                (session, group) -> change(session, LeaseSql.ORDER, values, order.group()));
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
    public LeaseOutcome<Set<String>> free(Free free) {
        return changeEach(
                free.group(),
                LeaseSql.FREE,
                LockOrder.of(free.splits(), AsRead::splitId),
                JdbcLeaseStore::asRead,
                Optional.empty());
    }

    @Override
    public LeaseOutcome<Set<String>> reset(Reset reset) {
        return changeEach(
                reset.group(),
                LeaseSql.RESET,
                LockOrder.of(reset.splits(), Reset.Position::splitId),
                (split, values) ->
                        values.with("split", split.splitId())
                                .with("read_version", split.version())
                                .with("progress", split.progress().bytes())
                                .with("serializer_version", split.progress().serializerVersion())
                                .with("text", split.progress().text())
                                .with("checkpoint", split.progress().checkpointId()),
                Optional.empty());
    }

    @Override
    public LeaseOutcome<Set<String>> forget(Forget forget) {
        return changeEach(
                forget.group(),
                LeaseSql.MARK_TO_FORGET,
                LockOrder.of(forget.splits(), AsRead::splitId),
                JdbcLeaseStore::asRead,
                Optional.of(LeaseSql.DELETE_CHANGED));
    }

    @Override
    public LeaseOutcome<Set<String>> forgetMembers(ForgetMembers forget) {
        return requests.changing(
                forget.group(),
                (session, group) ->
                        forget.by().filter(by -> !mayWrite(group, by)).isPresent()
                                ? mayNotWrite(forget.by().get())
                                : new Applied<>(closedMembers.forget(session, forget)));
    }

    @Override
    public LeaseOutcome<Boolean> forgetGroup(ForgetGroup forget) {
        Values values = Values.of(forget.group()).with("read_change_number", forget.changeNumber());
        return requests.single(
                session -> new Applied<>(session.update(LeaseSql.DELETE_GROUP, values) > 0));
    }

    private static void asRead(AsRead split, Values values) {
        values.with("split", split.splitId()).with("read_version", split.version());
    }

    /**
     * One statement for each split, sent together: operators change few, and need not be quick.
     *
     * @param then what is done with the splits changed, in the same transaction
     */
    private <S> LeaseOutcome<Set<String>> changeEach(
            String group,
            Sql sql,
            List<S> splits,
            BiConsumer<S, Values> parameters,
            Optional<Sql> then) {
        return requests.changing(
                group,
                (session, locked) -> {
                    Values all = Values.of(group).with("version", locked.changeNumber());
                    List<Values> each = new ArrayList<>();
                    for (S split : splits) {
                        Values one = Values.of(group).with("version", locked.changeNumber());
                        parameters.accept(split, one);
                        each.add(one);
                    }
                    session.updateEach(sql, each);
                    List<String> changed =
                            session.query(LeaseSql.CHANGED, all, row -> row.getString("split_id"));
                    if (then.isPresent()) {
                        session.update(then.get(), all);
                    }
                    if (!changed.isEmpty()) {
                        session.commit();
                    }
                    return new Applied<>(Set.copyOf(changed));
                });
    }

    @Override
    public void close() {
        requests.end();
    }

    private static Set<String> record(
            JdbcSession session, Sql sql, String group, Incarnation by, List<Recorded> unordered)
            throws SQLException {
        List<Recorded> splits = LockOrder.of(unordered, Recorded::splitId);
        Values values =
                Values.of(group)
                        .by(by)
                        .with("splits", text(splits, Recorded::splitId))
                        .with("epochs", number(splits, Recorded::epoch))
                        .progress(splits.stream().map(Recorded::progress).toList());
        return Set.copyOf(session.query(sql, values, row -> row.getString("split_id")));
    }

    private LeaseOutcome<Set<String>> ifWriter(
            String group, Incarnation by, Function<SqlDialect, Sql> sql, Values values) {
        return requests.changing(
                group,
                (session, locked) ->
                        mayWrite(locked, by)
                                ? change(session, sql.apply(session.dialect()), values, locked)
                                : mayNotWrite(by));
    }

    /** Changes leases, and tells them by the change number that they then have. */
    private static LeaseOutcome<Set<String>> change(
            JdbcSession session, Sql sql, Values values, Membership group) throws SQLException {
        values.with("version", group.changeNumber());
        if (session.update(sql, values) == 0) {
            return new Applied<>(Set.of());
        }
        List<String> changed =
                session.query(LeaseSql.CHANGED, values, row -> row.getString("split_id"));
        session.commit();
        return new Applied<>(Set.copyOf(changed));
    }

    /** Changes a member, if the statement's condition holds. */
    private static LeaseOutcome<Membership> change(
            JdbcSession session, Sql sql, Values values, String group)
            throws SQLException, LeaseStoreException {
        return session.update(sql, values) > 0
                ? changed(session, group)
                : unchanged(session, group);
    }

    private static LeaseOutcome<Membership> changed(JdbcSession session, String group)
            throws SQLException, LeaseStoreException {
        Membership now = GroupLock.read(session, group);
        session.commit();
        return new Applied<>(now);
    }

    private static LeaseOutcome<Membership> unchanged(JdbcSession session, String group)
            throws SQLException, LeaseStoreException {
        session.rollback();
        return new Applied<>(GroupLock.read(session, group));
    }

    private static boolean mayWrite(Membership group, Incarnation by) {
        return group.member(by.memberId())
                .filter(row -> row.incarnation().equals(by))
                .filter(row -> row.state() != MemberState.CLOSED)
                .isPresent();
    }

    private static boolean isDrained(Membership group, Incarnation by) {
        return group.member(by.memberId())
                .filter(row -> row.state() == MemberState.DRAINED)
                .isPresent();
    }

    private static <A> LeaseOutcome<A> mayNotWrite(Incarnation by) {
        return new Refused<>(by + " may no longer write: it is closed, replaced or unknown.");
    }
}
