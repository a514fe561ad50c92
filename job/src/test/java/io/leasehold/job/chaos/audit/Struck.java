package io.leasehold.job.chaos.audit;

import java.util.Map;

/**
 * A fault, as it happened.
 *
 * @param from when it was about to strike, by {@link System#nanoTime()}
 * @param until when it was over
 * @param progress the lease table's progress of each split right after it had struck, as offsets;
 *     empty if the table did not answer
 */
public record Struck(String fault, long from, long until, Map<String, Long> progress) {}
