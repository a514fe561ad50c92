package io.leasehold.store.jdbc;

import io.leasehold.lease.store.LeaseAnswers;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.store.jdbc.sql.LeaseSchema;
import io.leasehold.store.jdbc.sql.SqlDialect;
import io.leasehold.store.jdbc.sql.SqlDialects;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Leases in a SQL database.
 *
 * <p>{@link #close()} ends a call that waits for an answer of PostgreSQL or MariaDB; one that still
 * waits for a connection, or for H2 inside of this JVM, ends at its time-out.
 */
public final class JdbcLeaseStore implements LeaseStore {

    private final JdbcRequests requests;
    private final LeaseAnswers answers;

    JdbcLeaseStore(
            JdbcConnections connections,
            SqlDialect dialect,
            String url,
            Duration timeout,
            boolean createsSchema) {
        requests = new JdbcRequests(connections, dialect, url, timeout, createsSchema);
        answers =
                new LeaseAnswers(
                        new JdbcMembership(requests),
                        new JdbcSplits(requests),
                        new JdbcOwnership(requests),
                        new JdbcDecisions(requests),
                        new JdbcOperators(requests));
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
        SqlDialects.schemasByName()
                .forEach((name, schema) -> texts.put(name, LeaseSchema.text(schema.file())));
        return texts;
    }

    @Override
    public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
        return request.answeredBy(answers);
    }

    @Override
    public void close() {
        requests.end();
    }
}
