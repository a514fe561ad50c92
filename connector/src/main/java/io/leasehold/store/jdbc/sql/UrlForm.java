package io.leasehold.store.jdbc.sql;

/**
 * How parameters stand in the JDBC URLs of a database.
 *
 * @param begin what is before the first
 * @param separator what is between two
 * @param decoded whether their values are encoded as in web addresses
 */
public record UrlForm(char begin, char separator, boolean decoded) {}
