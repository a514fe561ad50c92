package io.leasehold.job;

import io.leasehold.testkit.EmbeddedKafka;
import io.leasehold.testkit.PostgresServer;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The job as people run it, on a PostgreSQL whose tables somebody else has made: with a user that
 * may do no more than the README says, and a password that nobody gets to see. Runs after the jar
 * has been packaged.
 */
@Timeout(300)
class OperatedJobITCase {

    private static final String PLANTED = "Xylophon-4711";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String WEB_UI = "Web UI: ";

    private enum Place {
        URL,
        CONFIGURATION,
        ENVIRONMENT
    }

    @TempDir private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @ParameterizedTest
    @EnumSource
    void aJobNeedsNoRightsBeyondThoseAndNeverShowsItsPassword(Place place) throws Exception {
        String database = PostgresServer.newDatabase();
        String user = "job_" + place.name().toLowerCase(Locale.ROOT);
        PostgresServer.run(
                database, Files.readString(Path.of("..", "conf", "lease-schema-postgresql.sql")));
        PostgresServer.distrust(database, user, PLANTED);
        PostgresServer.run(database, "REVOKE ALL ON SCHEMA public FROM PUBLIC");
        PostgresServer.run(database, "GRANT USAGE ON SCHEMA public TO " + user);
        PostgresServer.run(
                database,
                "GRANT SELECT, INSERT, UPDATE ON lease_group, lease_member, lease TO " + user);
        Path output = folder.resolve("output.txt");
        List<String> seen = new ArrayList<>();

        try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
            kafka.createTopic("orders", 2);
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(
                            Map.of("bootstrap.servers", kafka.bootstrapServers()),
                            new StringSerializer(),
                            new StringSerializer())) {
                for (int partition = 0; partition < 2; partition++) {
                    producer.send(new ProducerRecord<>("orders", partition, "key", "value"));
                }
            }
            Process job = started(configuration(kafka, database, user, place), place, output);
            try {
                await().atMost(PATIENCE)
                        .until(() -> Files.readString(output).contains(WEB_UI) || !job.isAlive());
                assertThat(job.isAlive()).as(Files.readString(output)).isTrue();
                String webUi = webUi(Files.readString(output));
                // Checkpoints are complete and their positions recorded: all works that must.
                await().atMost(PATIENCE).until(() -> recorded(database) == 2);
                seen.add(everythingAt(webUi));

                PostgresServer.run(database, "ALTER ROLE " + user + " PASSWORD 'another'");
                // So that it starts anew, and has to enter again.
                PostgresServer.run(database, "UPDATE lease_member SET state = 'CLOSED'");
                await().atMost(PATIENCE).until(() -> !job.isAlive());
                assertThat(Files.readString(output))
                        .contains("does not accept this user and password");
            } finally {
                job.destroy();
                job.waitFor(30, TimeUnit.SECONDS);
                job.destroyForcibly();
            }
        }

        seen.add(Files.readString(output));
        assertThat(seen)
                .allSatisfy(
                        text -> assertThat(text).contains("leased orders").doesNotContain(PLANTED));
    }

    private Path configuration(EmbeddedKafka kafka, String database, String user, Place place)
            throws IOException {
        Map<String, String> options = new TreeMap<>();
        options.put("kafka.bootstrap.servers", kafka.bootstrapServers());
        options.put("kafka.topics", "orders");
        options.put("lease.group", "shop");
        options.put("lease.member.id", "blue");
        options.put("lease.user", user);
        options.put("sink.kind", "print");
        // A password that is refused might be about to be rotated: that is waited for.
        options.put("lease.startup.timeout", "5 s");
        options.put("lease.denied.timeout", "5 s");
        options.put("checkpoint.interval", "500 ms");
        options.put("job.name", "leased orders");
        options.put("lease.url", database);
        switch (place) {
            case URL -> options.put("lease.url", database + "?password=" + PLANTED);
            case CONFIGURATION -> options.put("lease.password", PLANTED);
            case ENVIRONMENT -> options.put("lease.password.env", "PLANTED_HERE");
        }
        return Files.writeString(
                folder.resolve("job.yaml"),
                options.entrySet().stream()
                        .map(it -> it.getKey() + ": '" + it.getValue() + "'\n")
                        .collect(Collectors.joining()));
    }

    private Process started(Path configuration, Place place, Path output) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of("bin", "leasehold").toString(),
                                "run",
                                "--config",
                                configuration.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment()
                .put(
                        "JAVA_TOOL_OPTIONS",
                        "-Dleasehold.log.level=DEBUG -Djava.io.tmpdir="
                                + Files.createDirectory(folder.resolve("tmp")));
        if (place == Place.ENVIRONMENT) {
            builder.environment().put("PLANTED_HERE", PLANTED);
        }
        return builder.start();
    }

    private static String webUi(String output) {
        return output.lines()
                .filter(line -> line.startsWith(WEB_UI))
                .findFirst()
                .orElseThrow()
                .substring(WEB_UI.length());
    }

    /** Whatever the web UI can show of the job and its cluster. */
    private String everythingAt(String webUi) throws IOException, InterruptedException {
        String job =
                new ObjectMapper()
                        .readTree(get(webUi + "/jobs"))
                        .path("jobs")
                        .path(0)
                        .path("id")
                        .asText();
        StringBuilder all = new StringBuilder();
        for (String page :
                List.of(
                        "/config",
                        "/overview",
                        "/jobs/overview",
                        "/jobs/" + job,
                        "/jobs/" + job + "/config",
                        "/jobs/" + job + "/plan",
                        "/jobs/" + job + "/exceptions",
                        "/jobs/" + job + "/checkpoints/config",
                        "/jobs/" + job + "/checkpoints",
                        "/jobmanager/config",
                        "/jobmanager/environment",
                        "/taskmanagers")) {
            all.append(page).append('\n').append(get(webUi + page)).append('\n');
        }
        return all.toString();
    }

    private String get(String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }

    private static int recorded(String database) throws SQLException {
        try (Connection connection = PostgresServer.connect(database);
                Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery(
                                "SELECT count(*) FROM lease WHERE progress_checkpoint > 0")) {
            found.next();
            return found.getInt(1);
        }
    }
}
