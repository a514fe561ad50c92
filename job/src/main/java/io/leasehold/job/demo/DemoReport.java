package io.leasehold.job.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the demo found, for programs.
 *
 * @param startedAtMillis when the first record was generated, in milliseconds since 1970; all times
 *     in the report count from then
 */
record DemoReport(
        DemoSettings settings,
        long startedAtMillis,
        Finding finding,
        List<LeaseTableView.Change> history) {

    void write(Path file) throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        Files.writeString(file, mapper.writeValueAsString(json(mapper)) + "\n");
    }

    private ObjectNode json(ObjectMapper mapper) {
        ObjectNode root = mapper.createObjectNode();
        root.put("scenario", settings.scenario().name());
        root.put("passed", finding.passed());
        finding.addTo(root, startedAtMillis);

        root.put("seconds", settings.length().toSeconds());
        root.put("records_per_second", settings.rate());
        root.put("lease_duration_ms", DemoSettings.LEASE_DURATION.toMillis());
        root.put("checkpoint_interval_ms", DemoSettings.CHECKPOINT_INTERVAL.toMillis());
        ArrayNode members = root.putArray("members");
        settings.memberIds().forEach(members::add);

        ArrayNode ownership = root.putArray("ownership");
        for (LeaseTableView.Change change : history) {
            ObjectNode node = ownership.addObject();
            node.put("at_ms", change.atMillis() - startedAtMillis);
            node.put("split", change.split());
            change.owner()
                    .ifPresentOrElse(
                            owner -> node.put("owner", owner), () -> node.putNull("owner"));
            node.put("epoch", change.epoch());
        }
        return root;
    }
}
