package io.leasehold.source.book;

import java.util.Set;

/**
 * What the enumerator's book is told with each event, since only Flink and the clock know it.
 *
 * @param now nanoseconds of the JobManager's monotonic clock
 * @param registered the subtasks that events can be sent to
 * @param parallelism how many readers the job is to have
 * @param allFound whether the wrapped enumerator has found all there is for these readers, and all
 *     of that has a lease
 */
public record JobView(long now, Set<Integer> registered, int parallelism, boolean allFound) {}
