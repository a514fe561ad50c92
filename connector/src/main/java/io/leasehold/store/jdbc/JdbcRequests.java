package io.leasehold.store.jdbc;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseOutcome.Refused;
import io.leasehold.lease.store.LeaseOutcome.Unknown;
import io.leasehold.lease.store.LeaseOutcome.WentBack;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.store.jdbc.sql.LeaseSchema;
import io.leasehold.store.jdbc.sql.OtherHistoryException;
import io.leasehold.store.jdbc.sql.SplitChange;
import io.leasehold.store.jdbc.sql.SqlDialect;
import io.leasehold.store.jdbc.sql.Values;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** How a request is carried out, whatever its statements are: in time, and with an outcome. */
final class JdbcRequests {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcRequests.class);

    /** How often the tables are created if others do the same at the same time. */
    private static final int CREATIONS = 3;

    /** A request whose statements are each on their own. */
    interface Single<A> {
        LeaseOutcome<A> on(JdbcSession session)
                throws SQLException, LeaseStoreException, OtherHistoryException;
    }

    /** A request that has the group for itself, and commits what it changes. */
    interface Changing<A> {
        LeaseOutcome<A> on(JdbcSession session, Membership group)
                throws SQLException, LeaseStoreException, OtherHistoryException;
    }

    private final ReentrantLock underWay = new ReentrantLock();
    private final JdbcConnections connections;
    private final SqlDialect dialect;
    private final Duration timeout;
    private final boolean createsSchema;
    private final SqlFailures failures;
    private volatile boolean closed;

    JdbcRequests(
            JdbcConnections connections,
            SqlDialect dialect,
            String url,
            Duration timeout,
            boolean createsSchema) {
        this.connections = connections;
        this.dialect = dialect;
        this.timeout = timeout;
        this.createsSchema = createsSchema;
        this.failures = new SqlFailures(url, dialect, connections.passwordMayChange());
    }

    /**
     * @param seen the change number that the sender saw last; 0 if that is of no matter
     */
    <A> LeaseOutcome<A> changing(String group, long seen, Changing<A> request) {
        return single(session -> undone(session, GroupLock.take(session, group, seen), request));
    }

    /** As {@link #changing}, but takes no change number: others do not hear of it. */
    <A> LeaseOutcome<A> locking(String group, long seen, Changing<A> request) {
        return single(session -> undone(session, GroupLock.hold(session, group, seen), request));
    }

    /** Ends the transaction, if the request has not committed it. */
    private static <A> LeaseOutcome<A> undone(
            JdbcSession session, Membership locked, Changing<A> request)
            throws SQLException, LeaseStoreException, OtherHistoryException {
        LeaseOutcome<A> outcome = request.on(session, locked);
        session.rollback();
        return outcome;
    }

    /** As {@link #changing}, if this incarnation may write; else it is refused. */
    <A> LeaseOutcome<A> changingAs(Incarnation by, String group, long seen, Changing<A> request) {
        return changing(
                group,
                seen,
                (session, locked) ->
                        locked.mayWrite(by)
                                ? request.on(session, locked)
                                : Refused.mayNotWrite(by));
    }

    /** Changes splits, if this incarnation may write; else it is refused. */
    LeaseOutcome<Set<String>> changeAs(
            Incarnation by, String group, SplitChange change, Values values) {
        return changingAs(
                by,
                group,
                0,
                (session, locked) -> ChangedSplits.by(session, change, values, locked));
    }

    <A> LeaseOutcome<A> single(Single<A> request) {
        Deadline deadline = Deadline.in(timeout);
        boolean inOrder = false;
        underWay.lock();
        try {
            if (closed) {
                return Unknown.closed();
            }
            LeaseOutcome<A> outcome =
                    carryOut(
                            session(connections.current(made -> greet(made, deadline)), deadline),
                            request);
            inOrder = true;
            return outcome;
        } catch (SQLException e) {
            return closed ? Unknown.closed() : new Unknown<>(failures.explain(e));
        } catch (LeaseStoreException e) {
            return new Unknown<>(e);
        } finally {
            if (!inOrder || closed) {
                connections.drop();
            }
            underWay.unlock();
        }
    }

    private JdbcSession session(Connection connection, Deadline deadline) {
        return new JdbcSession(connection, dialect, dialect.transactionSettings(timeout), deadline);
    }

    private void greet(Connection made, Deadline deadline)
            throws SQLException, LeaseStoreException {
        JdbcSession session = session(made, deadline);
        String settings = dialect.connectionSettings(timeout);
        if (!settings.isEmpty()) {
            session.run(settings);
        }
        if (dialect.unfitSettings().isPresent()) {
            List<String> unfit =
                    session.query(
                            dialect.unfitSettings().get(),
                            Values.of(""),
                            row -> row.getString("setting"));
            if (!unfit.isEmpty()) {
                throw failures.unfit(dialect.whyUnfit(unfit.get(0)));
            }
        }
    }

    private <A> LeaseOutcome<A> carryOut(JdbcSession session, Single<A> request)
            throws SQLException, LeaseStoreException {
        try {
            return inOneHistory(session, request);
        } catch (SQLException e) {
            session.undo(e);
            if (!createsSchema || !dialect.isTableMissing(e)) {
                throw e;
            }
            createSchema(session);
            return inOneHistory(session, request);
        }
    }

    private static <A> LeaseOutcome<A> inOneHistory(JdbcSession session, Single<A> request)
            throws SQLException, LeaseStoreException {
        try {
            return request.on(session);
        } catch (OtherHistoryException e) {
            session.rollback();
            return new WentBack<>(e.seen(), e.found());
        }
    }

    private void createSchema(JdbcSession session) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                session.run(LeaseSchema.text(dialect.schema().file()));
                LOG.info("Created the lease tables at {}.", failures.url());
                return;
            } catch (SQLException e) {
                // "If not exists" may fail all the same where two look at the same time.
                if (attempt == CREATIONS) {
                    throw e;
                }
                LOG.debug("Another one may be creating the lease tables too.", e);
            }
        }
    }

    /** From any thread. A request under way ends, and no other begins. */
    void end() {
        closed = true;
        if (underWay.tryLock()) {
            try {
                connections.drop();
            } finally {
                underWay.unlock();
            }
        }
        connections.end();
    }
}
