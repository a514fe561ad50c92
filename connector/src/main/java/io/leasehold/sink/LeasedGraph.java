package io.leasehold.sink;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What counts of a job's graph for one leased sink, and what is wrong with it. The sink is behind
 * these sources, by whatever way.
 *
 * @param sink what the sink is called
 * @param sources the leased sources behind it
 * @param channelBetween whether records cross from one task to another between a source and the
 *     sink
 * @param unalignedCheckpoints whether a checkpoint of the job may be unaligned
 */
public record LeasedGraph(
        String sink, List<Source> sources, boolean channelBetween, boolean unalignedCheckpoints) {

    /**
     * A leased source.
     *
     * @param dropsLostSplits whether it drops a split that it loses ({@code lease.on-lost = drop})
     */
    public record Source(String group, boolean dropsLostSplits) {}

    public LeasedGraph {
        sources = List.copyOf(sources);
    }

    /** Why the job must not run: sentences for people; empty if it may. */
    public List<String> objections() {
        List<String> objections = new ArrayList<>();
        if (sources.isEmpty()) {
            objections.add(
                    "The leased sink '%s' has no leased source behind it: nobody decides its output. Use the sink as it is."
                            .formatted(sink));
        }
        Set<String> groups = new TreeSet<>();
        sources.forEach(source -> groups.add(source.group()));
        if (groups.size() > 1) {
            objections.add(
                    "The leased sink '%s' is behind sources of the groups %s: one write decides the output of one group. Give each group a sink of its own."
                            .formatted(sink, groups));
        } else if (sources.size() > 1) {
            objections.add(
                    "The leased sink '%s' is behind %s leased sources of the group '%s': one member decides the output of a sink. Let one source read all their splits, or give each a group and a sink of its own."
                            .formatted(sink, sources.size(), sources.get(0).group()));
        }
        if (channelBetween && unalignedCheckpoints) {
            objections.add(
                    "The leased sink '%s' is not chained to its source, and checkpoints may be unaligned: records in flight are lost when another job takes over. Set execution.checkpointing.unaligned.enabled to false."
                            .formatted(sink));
        }
        if (sources.stream().anyMatch(Source::dropsLostSplits)) {
            objections.add(
                    "The leased sink '%s' is behind a source with lease.on-lost = drop: output of a split that was lost could no longer be told from the rest. Set lease.on-lost to fail."
                            .formatted(sink));
        }
        return objections;
    }
}
