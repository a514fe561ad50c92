package io.leasehold.job.bench.overhead;

/**
 * How one job read a whole topic, without its first records.
 *
 * @param recordsPerSecond of all subtasks together
 * @param busyNanosPerRecord for which a task thread had a processor: what others do on this machine
 *     hardly shows in it
 * @param processNanosPerRecord for which all threads of the JVM had one, those that fetch too
 * @param bytesPerRecord that a task thread allocated
 * @param millisToFirst from the job's submission to its first record
 * @param millisFromLast from its last record until the job had finished
 */
public record Reading(
        double recordsPerSecond,
        double busyNanosPerRecord,
        double processNanosPerRecord,
        double bytesPerRecord,
        double millisToFirst,
        double millisFromLast) {}
