package io.leasehold.source.enumerator;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;
import io.leasehold.link.JobLink;

import org.apache.flink.util.FlinkRuntimeException;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The link of a job that decides its output.
 *
 * @param restoredSinks the sinks whose output belongs to the checkpoint that it is restored from
 */
public record OutputLink(JobLink link, String group, Incarnation me, Set<String> restoredSinks) {

    public OutputLink {
        restoredSinks = Set.copyOf(restoredSinks);
    }

    /**
     * Has a keeper decide the output of its job: on the line of the restored state, or on a new one
     * if that has none.
     */
    public static OutputLink of(
            String linkId,
            String group,
            Incarnation me,
            LeaseKeeper keeper,
            Optional<OutputState> restored) {
        keeper.output()
                .decides(
                        restored.map(state -> state.taken().checkpoint().line())
                                .orElseGet(() -> new StateLine(UUID.randomUUID().toString())),
                        restored.map(OutputState::taken));
        return new OutputLink(
                JobLink.of(linkId), group, me, restored.map(OutputState::sinkIds).orElse(Set.of()));
    }

    /**
     * A sink that is not leased may not have committed what a decision would record as read.
     *
     * @param sinkIds the leased sinks that were there when the checkpoint to decide began
     * @throws FlinkRuntimeException if there was none, and is none now
     */
    void requireSinks(Set<String> sinkIds) {
        if (sinkIds.isEmpty() && link.sinkIds().isEmpty()) {
            throw new FlinkRuntimeException(
                    "lease.output of group '%s' is decided, but the job has no leased sink: wrap its sinks with LeasedSink.of, or set lease.output to none."
                            .formatted(group));
        }
    }
}
