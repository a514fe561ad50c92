package io.leasehold.testkit;

import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapDirectory;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.fault.FaultHandlerException;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A real Kafka of one node in this JVM, broker and KRaft controller in one: for tests, and for the
 * demo.
 *
 * <p>It listens on free ports of the loopback address, keeps its log in a temporary folder that
 * {@link #close()} deletes, and never ends the JVM: what would make a broker exit is thrown by
 * {@link #start} or ends up in its log. {@link #start} and {@link #close} are bounded; no method is
 * to be called from two threads at once.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final Duration START_WITHIN = Duration.ofSeconds(90);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(30);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final int NODE = 1;
    private static final String BROKER = "PLAINTEXT";
    private static final String CONTROLLER = "CONTROLLER";

    private final Path folder;
    private final Map<String, ServerSocketChannel> listeners;
    private final Metrics metrics = new Metrics();
    private Optional<BrokerServer> broker = Optional.empty();
    private Optional<ControllerServer> controller = Optional.empty();
    private boolean closed;

    private EmbeddedKafka(Path folder, Map<String, ServerSocketChannel> listeners) {
        this.folder = folder;
        this.listeners = listeners;
    }

    /** Starts a broker as it comes, and waits until it answers: a few seconds, at most 90. */
    public static EmbeddedKafka start() {
        return start(Map.of());
    }

    /**
     * Starts a broker and waits until it answers: a few seconds, at most 90.
     *
     * @param brokerProperties what shall differ, by the broker's own names, such as {@code
     *     transaction.max.timeout.ms}
     * @throws IllegalStateException if it does not start
     */
    public static EmbeddedKafka start(Map<String, String> brokerProperties) {
        return start(brokerProperties, Map.of());
    }

    /**
     * The same, with other levels of features than a new cluster has.
     *
     * @param features by the broker's own names, such as {@code transaction.version}
     * @throws IllegalStateException if it does not start
     */
    public static EmbeddedKafka start(
            Map<String, String> brokerProperties, Map<String, Short> features) {
        EmbeddedKafka kafka;
        try {
            kafka =
                    new EmbeddedKafka(
                            Files.createTempDirectory("leasehold-kafka"),
                            new HashMap<>(Map.of(BROKER, loopback(), CONTROLLER, loopback())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            bounded(
                    "The Kafka broker did not start",
                    START_WITHIN,
                    () -> kafka.startServers(brokerProperties, features));
            return kafka;
        } catch (RuntimeException e) {
            kafka.close();
            throw e;
        }
    }

    /** Host and port for clients; every client on this machine can use it. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port(BROKER);
    }

    /**
     * How a broker and controller in one is set up, by the broker's own names.
     *
     * @param data the folder of its log
     * @param brokerPort where clients come, on the loopback address
     * @param controllerPort where the node itself comes
     */
    public static Map<String, String> propertiesOfOneNode(
            Path data, int brokerPort, int controllerPort) {
        Map<String, String> properties = new HashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", String.valueOf(NODE));
        properties.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
        properties.put("controller.listener.names", CONTROLLER);
        properties.put(
                "listeners",
                "%s://127.0.0.1:%d,%s://127.0.0.1:%d"
                        .formatted(BROKER, brokerPort, CONTROLLER, controllerPort));
        properties.put("advertised.listeners", BROKER + "://127.0.0.1:" + brokerPort);
        properties.put(
                "listener.security.protocol.map",
                "%s:PLAINTEXT,%s:PLAINTEXT".formatted(BROKER, CONTROLLER));
        properties.put("inter.broker.listener.name", BROKER);
        properties.put("log.dirs", data.toString());
        properties.put("auto.create.topics.enable", "false");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "1");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("log.cleaner.dedupe.buffer.size", "2097152");
        return properties;
    }

    /**
     * Creates a topic and waits until every client can see it, at most 30 seconds.
     *
     * @throws IllegalStateException if the broker refuses it, for instance because it exists
     */
    public void createTopic(String name, int partitions) {
        Map<String, Object> properties =
                Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        try (Admin admin = Admin.create(properties)) {
            createTopic(admin, name, partitions, ANSWER_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while creating topic " + name, e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Topic " + name + " was not created", e);
        }
    }

    /**
     * Creates a topic on a broker, and waits until each of its partitions answers: a producer whose
     * first records come before that may get out of step with the broker for good.
     *
     * @param answer how long to wait for each of the two
     */
    public static void createTopic(Admin admin, String name, int partitions, Duration answer)
            throws InterruptedException, ExecutionException, TimeoutException {
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .all()
                .get(answer.toMillis(), TimeUnit.MILLISECONDS);
        Map<TopicPartition, OffsetSpec> ends =
                IntStream.range(0, partitions)
                        .boxed()
                        .collect(
                                Collectors.toMap(
                                        partition -> new TopicPartition(name, partition),
                                        partition -> OffsetSpec.latest()));
        long until = System.nanoTime() + answer.toNanos();
        while (true) {
            try {
                admin.listOffsets(ends).all().get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                return;
            } catch (ExecutionException e) {
                // The broker has not heard yet of what its controller has made: it is asked again.
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
    }

    /** Stops the broker, at most 30 seconds, and deletes its folder. Callable more than once. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            bounded("The Kafka broker did not stop", STOP_WITHIN, this::stopServers);
        } finally {
            listeners.values().forEach(EmbeddedKafka::closeQuietly);
            delete(folder);
        }
    }

    private void startServers(Map<String, String> brokerProperties, Map<String, Short> features)
            throws Exception {
        Path data = folder.resolve("data");
        Map<String, String> properties = propertiesOfOneNode(data, port(BROKER), port(CONTROLLER));
        properties.putAll(brokerProperties);
        KafkaConfig config = new KafkaConfig(properties, false);
        Formatter formatter = new Formatter();
        features.forEach(formatter::setFeatureLevel);
        formatter
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(NODE)
                .setControllerListenerName(CONTROLLER)
                .setMetadataLogDirectory(data.toString())
                .addDirectory(data.toString())
                .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                .setPrintStream(
                        new PrintStream(
                                OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .run();
        InetSocketAddress voter =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port(CONTROLLER));
        SharedServer shared =
                new SharedServer(
                        config,
                        new MetaPropertiesEnsemble.Loader()
                                .addLogDirs(List.of(data.toString()))
                                .addMetadataLogDir(data.toString())
                                .load(),
                        Time.SYSTEM,
                        metrics,
                        CompletableFuture.completedFuture(Map.of(NODE, voter)),
                        List.of(),
                        (name, fatal, action) ->
                                (message, cause) -> {
                                    action.run();
                                    return new FaultHandlerException(name + ": " + message, cause);
                                },
                        // Bound before their numbers are written down, so that nobody else gets
                        // them in between.
                        (listener, address, backlog, buffer) -> listeners.get(listener));
        ControllerServer controllerServer =
                new ControllerServer(
                        shared,
                        KafkaRaftServer.configSchema(),
                        new BootstrapDirectory(data.toString()).read());
        controller = Optional.of(controllerServer);
        BrokerServer brokerServer = new BrokerServer(shared);
        broker = Optional.of(brokerServer);
        controllerServer.startup();
        brokerServer.startup();
    }

    private void stopServers() {
        broker.ifPresent(
                server -> {
                    server.shutdown(STOP_WITHIN.dividedBy(2));
                    server.awaitShutdown();
                });
        controller.ifPresent(
                server -> {
                    server.shutdown();
                    server.awaitShutdown();
                });
        metrics.close();
    }

    private int port(String listener) {
        return listeners.get(listener).socket().getLocalPort();
    }

    private static ServerSocketChannel loopback() throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        channel.bind(new InetSocketAddress("127.0.0.1", 0));
        // The broker waits for connections with a selector.
        channel.configureBlocking(false);
        return channel;
    }

    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }

    /** Runs a step on a thread of its own, so that its end can be waited for with a bound. */
    private static void bounded(String failure, Duration within, Step step) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                step.run();
                                done.complete(null);
                            } catch (Exception e) {
                                done.completeExceptionally(e);
                            }
                        },
                        "embedded-kafka");
        thread.setDaemon(true);
        thread.start();
        try {
            done.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(failure + ": interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(failure, e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(failure + " within " + within, e);
        }
    }

    private static void closeQuietly(ServerSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The broker has closed it, or the JVM's end will: nothing depends on it any more.
        }
    }

    private static void delete(Path folder) {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
