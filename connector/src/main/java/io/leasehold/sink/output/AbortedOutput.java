package io.leasehold.sink.output;

import java.util.List;

/**
 * What was aborted of closed members' open output.
 *
 * @param aborted the names of the transactions that were aborted
 * @param changed the names of those that were over, or of another producer, by the time they were
 *     to be aborted: nothing was done to them
 * @param kept the names of open ones that were left because their names stand in rows of decided
 *     output. They are to be aborted once these rows are gone
 * @param calledOff whether the members were no longer closed, so that nothing was aborted
 */
public record AbortedOutput(
        List<String> aborted, List<String> changed, List<String> kept, boolean calledOff) {

    public AbortedOutput {
        aborted = List.copyOf(aborted);
        changed = List.copyOf(changed);
        kept = List.copyOf(kept);
    }
}
