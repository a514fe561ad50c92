package io.leasehold.sink;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreCommitTopology;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreWriteTopology;

import java.util.Optional;
import java.util.Set;

/** Whether a sink is built such that its output can be decided by the lease table. */
public final class LeasableSink {

    /**
     * Sinks whose operators behind the committer do nothing with what was committed. Known by name,
     * so that their connectors need not be there. KafkaSink's only keeps committer and writer in
     * one TaskManager.
     */
    private static final Set<String> HARMLESS_BEHIND_THE_COMMITTER =
            Set.of("org.apache.flink.connector.kafka.sink.KafkaSink");

    private LeasableSink() {}

    /** Why a sink cannot be leased: what follows "because", or empty if its structure fits. */
    public static Optional<String> objection(Sink<?> sink) {
        if (!(sink instanceof SupportsCommitter)) {
            return Optional.of(
                    "it has no committer: what it writes is visible at once, so nothing is left to decide");
        }
        if (sink instanceof SupportsPreWriteTopology) {
            return Optional.of(
                    "it has operators of its own before its writer, and what these hold is not part of its output");
        }
        if (sink instanceof SupportsPreCommitTopology) {
            return Optional.of(
                    "it has operators of its own between writer and committer, such as compaction, so what its writer prepares is not what is committed");
        }
        if (sink instanceof SupportsPostCommitTopology
                && !HARMLESS_BEHIND_THE_COMMITTER.contains(sink.getClass().getName())) {
            return Optional.of(
                    "it has operators behind its committer, such as a global committer, which another job that commits its output does not have");
        }
        return Optional.empty();
    }
}
