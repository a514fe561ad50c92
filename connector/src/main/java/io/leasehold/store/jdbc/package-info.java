/**
 * Leases in a SQL database.
 *
 * <p>{@link io.leasehold.store.jdbc.JdbcMembership} and its like say which statements make up a
 * request; the statements are in {@link io.leasehold.store.jdbc.sql}. Every request that changes
 * ownership or membership begins with an update of its group's row, whose lock makes such requests
 * take effect one after the other. A beat and the recording of positions are one statement each, or
 * one packet of them, without that lock. All run under READ COMMITTED, and rely on what it says of
 * an update that had to wait for a row: its conditions are judged again on the row as it has
 * become.
 *
 * <p>The tables are described where they are created: {@code conf/lease-schema-*.sql}. {@link
 * io.leasehold.store.jdbc.sql.LeaseSchema} knows their version, and what to do about another one.
 */
package io.leasehold.store.jdbc;
