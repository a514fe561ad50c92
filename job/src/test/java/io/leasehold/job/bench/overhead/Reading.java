package io.leasehold.job.bench.overhead;

/**
 * How one job read a whole topic.
 *
 * @param recordsPerSecond from the first record of any subtask to the last one of any
 * @param busyNanosPerRecord for which a task thread had a processor, from its first record to its
 *     last: what others do on this machine hardly shows in it
 * @param bytesPerRecord that a task thread allocated, from its first record to its last
 * @param millisToFirst from the job's submission to its first record
 * @param millisFromLast from its last record until the job had finished
 */
public record Reading(
        double recordsPerSecond,
        double busyNanosPerRecord,
        double bytesPerRecord,
        double millisToFirst,
        double millisFromLast) {}
