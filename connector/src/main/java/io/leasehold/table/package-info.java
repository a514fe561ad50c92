/**
 * {@code 'connector' = 'leased'}: Flink SQL's way to a leased source, around the table source of
 * any other connector.
 */
package io.leasehold.table;
