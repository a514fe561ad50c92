package io.leasehold.job.bench.member;

/**
 * Where a record of the queue stands: all that is kept of it. A public record of plain fields, so
 * that Flink can serialize it field by field.
 *
 * @param split the number of its partition
 */
public record Place(int split, long offset) {}
