package io.leasehold.job.chaos.kit;

import io.leasehold.testkit.EmbeddedKafka;

import org.apache.kafka.clients.admin.Admin;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A Kafka broker in a JVM of its own, that can be killed and started again with what it stored. */
public final class Broker implements AutoCloseable {

    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(120);

    private final Path folder;
    private final Path properties;
    private final int port;
    private GuardedProcess process;

    /** Starts it and waits until it answers. */
    public Broker(Path folder, Loopback loopback) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.port = loopback.newPort();
        this.properties = folder.resolve("server.properties");
        Map<String, String> settings =
                EmbeddedKafka.propertiesOfOneNode(folder.resolve("data"), port, loopback.newPort());
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        // After a kill the controller waits for the end of the dead broker's session.
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.put("broker.session.timeout.ms", "4000");
        Properties file = new Properties();
        file.putAll(settings);
        try (Writer writer = Files.newBufferedWriter(properties)) {
            file.store(writer, null);
        }
        start();
    }

    /** Starts it, again after a kill, and waits until it answers. */
    public void start() {
        process =
                GuardedProcess.start(
                        "broker",
                        Java.command(
                                folder,
                                List.of("-Xmx384m"),
                                System.getProperty("java.class.path"),
                                BrokerMain.class.getName(),
                                List.of(properties.toString())),
                        Map.of(),
                        folder.resolve("broker.log"));
        Pause.until("the broker answers", ANSWERS_WITHIN, this::answers);
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new ChaosException("The broker ended:\n" + process.lastLines());
        }
        try (Admin admin = admin()) {
            return admin.describeCluster().nodes().get(4, TimeUnit.SECONDS).size() == 1;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("Interrupted", e);
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
    }

    public String bootstrapServers() {
        return Loopback.HOME + ":" + port;
    }

    public void createTopic(String name, int partitions) {
        try (Admin admin = admin()) {
            EmbeddedKafka.createTopic(admin, name, partitions, Duration.ofSeconds(60));
        } catch (ExecutionException | TimeoutException e) {
            throw new ChaosException("Topic " + name + " was not created", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("Interrupted", e);
        }
    }

    /** SIGKILL. */
    public void kill() {
        process.kill();
        process.close();
    }

    @Override
    public void close() {
        process.close();
    }
}
