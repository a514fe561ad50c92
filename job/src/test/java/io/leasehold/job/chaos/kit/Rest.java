package io.leasehold.job.chaos.kit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** What a JobManager says of itself over HTTP. */
public final class Rest {

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER_WITHIN).build();
    private final ObjectMapper mapper = new ObjectMapper();
    private final String url;

    Rest(String url) {
        this.url = url;
    }

    private JsonNode get(String path) throws IOException {
        try {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(URI.create(url + path))
                                    .timeout(ANSWER_WITHIN)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            return mapper.readTree(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("Interrupted", e);
        }
    }

    /** How many are registered; 0 if the JobManager does not answer. */
    int taskManagers() {
        try {
            return get("/overview").path("taskmanagers").asInt();
        } catch (IOException e) {
            return 0;
        }
    }

    /** A job's state by Flink's word for it; {@code UNKNOWN} if the JobManager does not say. */
    public String state(String jobId) {
        try {
            return get("/jobs/" + jobId).path("state").asText("UNKNOWN");
        } catch (IOException e) {
            return "UNKNOWN";
        }
    }

    /** How many checkpoints a job has. */
    public record Checkpoints(long completed, long underWay) {}

    /**
     * @throws ChaosException if the JobManager does not say
     */
    public Checkpoints checkpoints(String jobId) {
        try {
            JsonNode counts = get("/jobs/" + jobId + "/checkpoints").path("counts");
            return new Checkpoints(
                    counts.path("completed").asLong(), counts.path("in_progress").asLong());
        } catch (IOException e) {
            throw new ChaosException("The JobManager does not answer", e);
        }
    }

    /** The ids of the TaskManagers that run the job's subtasks. */
    Set<String> taskManagersOf(String jobId) {
        Set<String> ids = new HashSet<>();
        try {
            for (JsonNode vertex : get("/jobs/" + jobId).path("vertices")) {
                String path = "/jobs/" + jobId + "/vertices/" + vertex.path("id").asText();
                get(path)
                        .path("subtasks")
                        .forEach(subtask -> ids.add(subtask.path("taskmanager-id").asText()));
            }
        } catch (IOException e) {
            throw new ChaosException("The JobManager does not answer", e);
        }
        return ids;
    }
}
