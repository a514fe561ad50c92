package io.leasehold.table;

import io.leasehold.lease.store.LeaseStores;
import io.leasehold.testkit.EmbeddedKafka;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The two jobs of {@code docs/sql.md}, run as the page has them but for addresses and a password,
 * with a real Kafka and its transactions.
 */
@Timeout(300)
class TwoJobsPageITCase {

    private static final Path PAGE = Path.of("..", "docs", "sql.md");
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final int PARTITIONS = 4;

    @RegisterExtension
    private static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(8)
                            .build());

    private final String store = "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1".formatted(UUID.randomUUID());
    private final List<JobClient> running = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private int written;

    @TempDir private Path secrets;
    private EmbeddedKafka kafka;
    private KafkaProducer<String, String> producer;
    private KafkaConsumer<String, String> output;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(secrets.resolve("password"), "hush\n");
        kafka = EmbeddedKafka.start();
        kafka.createTopic("orders", PARTITIONS);
        kafka.createTopic("orders-done", 1);
        producer =
                new KafkaProducer<>(
                        Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer());
        output =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers(),
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                        new StringDeserializer(),
                        new StringDeserializer());
        output.assign(List.of(new TopicPartition("orders-done", 0)));
    }

    @AfterEach
    void stop() throws Exception {
        for (JobClient job : running) {
            job.cancel().get(SOON.toSeconds(), TimeUnit.SECONDS);
        }
        output.close();
        producer.close();
        kafka.close();
    }

    @Test
    void theSqlJobsShareTheTopicAndEachCommitsItsOwn() throws Exception {
        running.add(sql(blueSql()));
        awaitDone("\"done_by\":\"blue\"");
        running.add(sql(blueSql().replace("blue", "green")));
        awaitDone("\"done_by\":\"green\"");

        assertEachOnce();
    }

    @Test
    void theDataStreamJobsShareTheTopicAndEachCommitsItsOwn() throws Exception {
        running.add(stream("blue"));
        awaitDone(" by blue");
        running.add(stream("green"));
        awaitDone(" by green");

        assertEachOnce();
    }

    /** Two sinks of one TaskManager with one prefix are refused by Kafka's sink itself. */
    @Test
    void aJobThatSaysAnotherMembersPrefixFailsAtItsStartAndNamesBoth() throws Exception {
        running.add(sql(blueSql()));
        awaitDone("\"done_by\":\"blue\"");
        JobClient green =
                sql(
                        blueSql()
                                .replace("blue", "green")
                                .replace(
                                        "'lease.sink-prefixes' = 'orders-green'",
                                        "'lease.sink-prefixes' = 'orders-blue'"));

        assertThatThrownBy(
                        () -> green.getJobExecutionResult().get(SOON.toSeconds(), TimeUnit.SECONDS))
                .hasStackTraceContaining("The sinks of member 'green' and of member 'blue'")
                .hasStackTraceContaining("both have the transactional id prefix 'orders-blue'");
    }

    @Test
    void thePageHasTheDataStreamJobAsItIsRunHere() throws IOException {
        Path source = Path.of("src/test/java/io/leasehold/table/OrdersJob.java");
        String marked = Files.readString(source).split("// \\[\\n", 2)[1].split(" +// \\]", 2)[0];

        assertThat(block("// OrdersJob.java").strip())
                .isEqualTo(marked.stripTrailing().stripIndent().strip());
    }

    private String blueSql() throws IOException {
        return block("-- blue.sql");
    }

    /** Runs what is shared, and then what is the member's, and returns the job of its INSERT. */
    private JobClient sql(String own) throws IOException {
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment());
        Optional<TableResult> last = Optional.empty();
        for (String statement : statements(block("-- shared.sql") + own)) {
            if (statement.startsWith("SET ")) {
                MatchResult set =
                        Pattern.compile("SET '(.*)' = '(.*)'")
                                .matcher(statement)
                                .results()
                                .findFirst()
                                .orElseThrow();
                tables.getConfig().set(set.group(1), set.group(2));
            } else {
                last = Optional.of(tables.executeSql(statement));
            }
        }
        return last.flatMap(TableResult::getJobClient).orElseThrow();
    }

    private List<String> statements(String script) {
        return Pattern.compile(";")
                .splitAsStream(script)
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .map(this::withTheAddressesOfThisTest)
                .toList();
    }

    private String withTheAddressesOfThisTest(String statement) {
        return statement
                .replace("kafka:9092", kafka.bootstrapServers())
                .replace("jdbc:postgresql://db/leases", store)
                .replace("/etc/leasehold/password", secrets.resolve("password").toString());
    }

    private JobClient stream(String member) throws Exception {
        StreamExecutionEnvironment env = environment();
        OrdersJob.build(env, member, kafka.bootstrapServers(), LeaseStores.forUrl(store, Map.of()));
        return env.executeAsync();
    }

    private static StreamExecutionEnvironment environment() {
        Configuration settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        settings.set(CoreOptions.DEFAULT_PARALLELISM, 2);
        return StreamExecutionEnvironment.getExecutionEnvironment(settings);
    }

    /** The code block of the page that begins with this line. */
    private static String block(String firstLine) throws IOException {
        return Pattern.compile(
                        "```\\w+\\n" + Pattern.quote(firstLine) + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow();
    }

    /** Writes orders until one is committed that shows this. */
    private void awaitDone(String shown) {
        int before = done.size();
        Awaitility.await()
                .atMost(SOON)
                .pollInSameThread()
                .until(
                        () -> {
                            produce();
                            read();
                            return done.subList(before, done.size()).stream()
                                    .anyMatch(record -> record.contains(shown));
                        });
    }

    private void produce() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            producer.send(
                    new ProducerRecord<>(
                            "orders",
                            partition,
                            null,
                            "{\"id\":%d,\"amount\":1.50}".formatted(written++)));
        }
        producer.flush();
    }

    private void read() {
        output.poll(Duration.ofMillis(200)).forEach(record -> done.add(record.value()));
    }

    private void assertEachOnce() {
        Awaitility.await()
                .atMost(SOON)
                .pollInSameThread()
                .until(
                        () -> {
                            read();
                            return done.size() >= written;
                        });
        Map<String, Integer> ids = new HashMap<>();
        done.forEach(
                record ->
                        Pattern.compile("\"id\":(\\d+)")
                                .matcher(record)
                                .results()
                                .forEach(found -> ids.merge(found.group(1), 1, Integer::sum)));
        assertThat(ids.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, written).mapToObj(String::valueOf).toList());
        assertThat(ids.values()).allMatch(times -> times == 1);
    }
}
