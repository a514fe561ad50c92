package io.leasehold.job.bench.member;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

/**
 * What a member is told.
 *
 * @param member its name
 * @param brokers Kafka's bootstrap servers
 * @param queue the topic
 * @param store the lease table's JDBC URL; the user is {@code postgres}
 * @param lease for how long its leases last; all other terms are derived from that
 * @param initialMembers how many members share the queue from its beginning
 * @param checkpoints their interval
 * @param parallelism how many readers it has
 * @param restarts how often a failed task is started again
 * @param marks the folder that marks are written to
 */
public record MemberSettings(
        String member,
        String brokers,
        String queue,
        String store,
        Duration lease,
        int initialMembers,
        Duration checkpoints,
        int parallelism,
        int restarts,
        Path marks) {

    /** Under which name all members share the queue. */
    public static final String GROUP = "bench";

    /** The same under another name. */
    public MemberSettings named(String other) {
        return new MemberSettings(
                other,
                brokers,
                queue,
                store,
                lease,
                initialMembers,
                checkpoints,
                parallelism,
                restarts,
                marks);
    }

    void write(Path file) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("member", member);
        properties.setProperty("brokers", brokers);
        properties.setProperty("queue", queue);
        properties.setProperty("store", store);
        properties.setProperty("lease", lease.toString());
        properties.setProperty("initial-members", Integer.toString(initialMembers));
        properties.setProperty("checkpoints", checkpoints.toString());
        properties.setProperty("parallelism", Integer.toString(parallelism));
        properties.setProperty("restarts", Integer.toString(restarts));
        properties.setProperty("marks", marks.toString());
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
    }

    static MemberSettings read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return new MemberSettings(
                properties.getProperty("member"),
                properties.getProperty("brokers"),
                properties.getProperty("queue"),
                properties.getProperty("store"),
                Duration.parse(properties.getProperty("lease")),
                Integer.parseInt(properties.getProperty("initial-members")),
                Duration.parse(properties.getProperty("checkpoints")),
                Integer.parseInt(properties.getProperty("parallelism")),
                Integer.parseInt(properties.getProperty("restarts")),
                Path.of(properties.getProperty("marks")));
    }
}
