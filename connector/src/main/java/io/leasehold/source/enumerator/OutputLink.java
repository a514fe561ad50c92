package io.leasehold.source.enumerator;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;
import io.leasehold.link.JobLink;

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
}
