package io.leasehold.job.demo;

import io.leasehold.job.JobOptions;
import io.leasehold.option.LeaseOptions;
import io.leasehold.option.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The configuration file of one member of the demo: an ordinary one, as a person would write. */
final class MemberConfiguration {

    private MemberConfiguration() {}

    /**
     * Writes the file into the member's folder.
     *
     * @param more options beside those that all members of the demo have
     */
    static Path write(
            String memberId,
            String bootstrapServers,
            LeaseDatabase database,
            Path folder,
            Map<Option<?>, String> more)
            throws IOException {
        Map<Option<?>, String> values = new LinkedHashMap<>();
        values.put(JobOptions.BOOTSTRAP_SERVERS, bootstrapServers);
        values.put(JobOptions.TOPICS, DemoSettings.QUEUE);
        values.put(LeaseOptions.GROUP, DemoSettings.GROUP);
        values.put(LeaseOptions.MEMBER_ID, memberId);
        values.put(LeaseOptions.URL, database.url());
        values.put(LeaseOptions.USER, database.user());
        values.put(LeaseOptions.PASSWORD, database.password());
        values.put(LeaseOptions.DURATION, millis(DemoSettings.LEASE_DURATION));
        values.put(JobOptions.SINK_TOPIC, DemoSettings.OUTPUT);
        values.put(JobOptions.CHECKPOINT_INTERVAL, millis(DemoSettings.CHECKPOINT_INTERVAL));
        values.put(JobOptions.CHECKPOINT_DIR, MemberProcess.checkpoints(folder).toUri().toString());
        values.put(JobOptions.PARALLELISM, "2");
        values.putAll(more);
        Path file = folder.resolve("job.yaml");
        Files.writeString(
                file,
                values.entrySet().stream()
                        .map(it -> it.getKey().key() + ": '" + it.getValue() + "'\n")
                        .collect(Collectors.joining()));
        return file;
    }

    private static String millis(Duration duration) {
        return duration.toMillis() + " ms";
    }
}
