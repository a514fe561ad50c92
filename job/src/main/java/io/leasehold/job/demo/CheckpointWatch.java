package io.leasehold.job.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks the members' web UIs for their completed checkpoints, before they forget them, until it is
 * closed. What a member that has just ended does not tell any more is not known.
 */
final class CheckpointWatch implements AutoCloseable {

    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(2);

    /**
     * @param endMillis when it was complete, in milliseconds since 1970
     * @param durationMillis from its trigger until then
     */
    record Completed(String member, long endMillis, long durationMillis) {}

    private final Supplier<Map<String, String>> webUis;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWERED_WITHIN).build();
    private final ObjectMapper mapper = new ObjectMapper();
    private final Set<Completed> seen = new LinkedHashSet<>();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    work -> {
                        Thread thread = new Thread(work, "checkpoint-watch");
                        thread.setDaemon(true);
                        return thread;
                    });

    /**
     * @param webUis where to ask, by member; called from another thread
     */
    CheckpointWatch(Supplier<Map<String, String>> webUis) {
        this.webUis = webUis;
        clock.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    synchronized List<Completed> completed() {
        return List.copyOf(seen);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    /** Asks once more, before a member ends. */
    void look() {
        webUis.get().forEach(this::look);
    }

    private void look(String member, String webUi) {
        try {
            List<Completed> found = new ArrayList<>();
            for (JsonNode job : get(webUi + "/jobs").path("jobs")) {
                JsonNode checkpoints =
                        get("%s/jobs/%s/checkpoints".formatted(webUi, job.path("id").asText()));
                for (JsonNode checkpoint : checkpoints.path("history")) {
                    if (checkpoint.path("status").asText().equals("COMPLETED")) {
                        long took = checkpoint.path("end_to_end_duration").asLong();
                        long end = checkpoint.path("trigger_timestamp").asLong() + took;
                        found.add(new Completed(member, end, took));
                    }
                }
            }
            synchronized (this) {
                seen.addAll(found);
            }
        } catch (IOException e) {
            // It does not listen yet, or any more.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private JsonNode get(String url) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(ANSWERED_WITHIN).build();
        return mapper.readTree(http.send(request, BodyHandlers.ofString()).body());
    }
}
