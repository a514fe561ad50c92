/**
 * What is said to a SQL database, and what its rows say. Nothing here connects to one.
 *
 * <p>{@link io.leasehold.store.jdbc.sql.LeaseSql} has the statements that are the same in every
 * database. {@link io.leasehold.store.jdbc.sql.SplitChange} has what those have in common that
 * differ in how splits are named and joined with their leases. {@link
 * io.leasehold.store.jdbc.sql.SqlDialect} has all else in which databases differ.
 */
package io.leasehold.store.jdbc.sql;
