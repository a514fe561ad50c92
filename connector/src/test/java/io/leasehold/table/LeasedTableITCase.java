package io.leasehold.table;

import io.leasehold.testkit.EmbeddedKafka;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.api.config.OptimizerConfigOptions;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Two SQL jobs over a Kafka topic, with a lease table in H2, and transactions. */
@Timeout(180)
class LeasedTableITCase {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int PARTITIONS = 4;

    @RegisterExtension
    private static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(8)
                            .build());

    private final String store = "jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1".formatted(UUID.randomUUID());
    private final List<String> copied = new ArrayList<>();
    private final List<String> counted = new ArrayList<>();
    private final List<JobClient> running = new ArrayList<>();

    /**
     * Both statements of a job share one scan; windows close by the watermarks that the scan makes.
     */
    @Test
    void jobsShareATableRowByRowAndWindowByWindow() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                KafkaProducer<String, String> producer = producer(kafka);
                KafkaConsumer<String, String> output = output(kafka)) {
            kafka.createTopic("orders", PARTITIONS);
            kafka.createTopic("copied", 1);
            kafka.createTopic("counted", 1);
            output.assign(
                    List.of(new TopicPartition("copied", 0), new TopicPartition("counted", 0)));

            StatementSet blue = job(kafka, "blue");
            assertThat(blue.explain().split("== Optimized Execution Plan ==")[1])
                    .containsOnlyOnce("TableSourceScan(")
                    .contains("watermark=[")
                    .contains("metadata=[partition]");
            start(blue.execute());
            List<String> written = new ArrayList<>(produce(producer, 0, 400));
            await(output, () -> copied.size() >= written.size());

            start(job(kafka, "green").execute());
            int first = copied.size();
            // Written until green has some, which a checkpoint of blue gives it.
            await(
                    output,
                    () -> {
                        written.addAll(produce(producer, written.size(), written.size() + 40));
                        return copied.stream().anyMatch(row -> row.contains("green"));
                    });
            written.addAll(produce(producer, written.size(), written.size() + 400));
            await(output, () -> copied.size() >= written.size());
            assertThat(ids(copied)).containsExactlyInAnyOrderElementsOf(written);
            assertThat(copied.subList(first, copied.size()))
                    .anyMatch(row -> row.contains("blue"))
                    .anyMatch(row -> row.contains("green"));
            assertThat(copied).allSatisfy(LeasedTableITCase::isOfItsPartition);

            // One more in each partition, a day later, so that all windows before close.
            IntStream.range(0, PARTITIONS)
                    .forEach(partition -> send(producer, partition, -1, "2026-01-02 00:00:00.000"));
            producer.flush();
            await(output, () -> rows(counted) >= written.size());
            assertThat(rows(counted)).isEqualTo(written.size());
            assertThat(counted).anyMatch(row -> row.contains("blue"));
            assertThat(counted).anyMatch(row -> row.contains("green"));
        } finally {
            cancelAll();
        }
    }

    /** A SourceProvider, as Kafka's is none, that leaves out columns nobody asks for. */
    @Test
    void columnsThatNobodyAsksForAreNotRead() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                KafkaProducer<String, String> producer = producer(kafka);
                KafkaConsumer<String, String> output = output(kafka)) {
            kafka.createTopic("words", 2);
            kafka.createTopic("copied", 1);
            output.assign(List.of(new TopicPartition("copied", 0)));
            StreamTableEnvironment tables = environment();
            tables.executeSql(
                    """
                    CREATE TABLE words (`first` STRING, `second` STRING, `third` STRING) WITH (
                      'connector' = 'leased', 'lease.connector' = 'words', 'kind' = 'ABLE',
                      'servers' = '%s', 'lease.group' = 'words', 'lease.url' = '%s')
                    """
                            .formatted(kafka.bootstrapServers(), store));
            tables.executeSql(
                    """
                    CREATE TABLE copied (`third` STRING, `first` STRING) WITH (
                      'connector' = 'kafka', 'topic' = 'copied', 'format' = 'json',
                      'properties.bootstrap.servers' = '%s')
                    """
                            .formatted(kafka.bootstrapServers()));
            String insert =
                    "INSERT INTO copied SELECT `third`, `first` FROM words WHERE `first` <> 'z'";
            // The filter stays with Flink: a job that takes over may have another.
            assertThat(tables.explainSql(insert))
                    .contains("project=[first, third]")
                    .doesNotContain("filter=[");
            start(tables.executeSql(insert));
            List<String> words = List.of("a,b,c", "z,y,x", "d,e,f");
            words.forEach(line -> producer.send(new ProducerRecord<>("words", line)));
            producer.flush();
            await(output, () -> copied.size() >= 2);
            assertThat(copied)
                    .containsExactlyInAnyOrder(
                            "{\"third\":\"c\",\"first\":\"a\"}",
                            "{\"third\":\"f\",\"first\":\"d\"}");
        } finally {
            cancelAll();
        }
    }

    /** Before anything runs. */
    @Test
    void aJobThatScansATableTwiceFailsAtItsStart() {
        StreamTableEnvironment tables = environment();
        tables.getConfig().set(OptimizerConfigOptions.TABLE_OPTIMIZER_REUSE_SOURCE_ENABLED, false);
        tables.executeSql(
                """
                CREATE TABLE words (`first` STRING) WITH (
                  'connector' = 'leased', 'lease.connector' = 'words',
                  'lease.group' = 'words', 'lease.url' = '%s')
                """
                        .formatted(store));

        assertThatThrownBy(
                        () ->
                                tables.executeSql(
                                                "SELECT * FROM words UNION ALL SELECT * FROM words")
                                        .getJobClient()
                                        .orElseThrow()
                                        .getJobExecutionResult()
                                        .get(SOON.toSeconds(), TimeUnit.SECONDS))
                .hasStackTraceContaining("leased: one scan of group words in a job");
    }

    private StatementSet job(EmbeddedKafka kafka, String member) {
        StreamTableEnvironment tables = environment();
        tables.executeSql(
                """
                CREATE TABLE orders (
                  id BIGINT,
                  placed TIMESTAMP(3),
                  `partition` INT METADATA VIRTUAL,
                  WATERMARK FOR placed AS placed - INTERVAL '1' HOUR
                ) WITH (
                  'connector' = 'leased',
                  'lease.connector' = 'kafka',
                  'lease.group' = 'orders',
                  'lease.member.id' = '%s',
                  'lease.url' = '%s',
                  'lease.duration' = '3 s',
                  'topic' = 'orders',
                  'properties.bootstrap.servers' = '%s',
                  'scan.startup.mode' = 'earliest-offset',
                  'format' = 'json')
                """
                        .formatted(member, store, kafka.bootstrapServers()));
        sink(tables, kafka, member, "copied", "id BIGINT, `partition` INT, `member` STRING");
        sink(tables, kafka, member, "counted", "orders BIGINT, `member` STRING");
        StatementSet statements = tables.createStatementSet();
        statements.addInsertSql(
                "INSERT INTO copied SELECT id, `partition`, '%s' FROM orders WHERE id >= 0"
                        .formatted(member));
        statements.addInsertSql(
                """
                INSERT INTO counted SELECT COUNT(*), '%s'
                FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(placed), INTERVAL '10' SECONDS))
                GROUP BY window_start, window_end
                """
                        .formatted(member));
        return statements;
    }

    private static void sink(
            StreamTableEnvironment tables,
            EmbeddedKafka kafka,
            String member,
            String topic,
            String columns) {
        tables.executeSql(
                """
                CREATE TABLE %1$s (%2$s) WITH (
                  'connector' = 'kafka',
                  'topic' = '%1$s',
                  'properties.bootstrap.servers' = '%3$s',
                  'properties.transaction.timeout.ms' = '60000',
                  'sink.delivery-guarantee' = 'exactly-once',
                  'sink.transactional-id-prefix' = '%1$s-%4$s',
                  'format' = 'json')
                """
                        .formatted(topic, columns, kafka.bootstrapServers(), member));
    }

    private static StreamTableEnvironment environment() {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        settings.set(CoreOptions.DEFAULT_PARALLELISM, 2);
        return StreamTableEnvironment.create(
                StreamExecutionEnvironment.getExecutionEnvironment(settings));
    }

    private void start(TableResult job) {
        running.add(job.getJobClient().orElseThrow());
    }

    private void cancelAll() throws Exception {
        for (JobClient job : running) {
            job.cancel().get(SOON.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private void await(KafkaConsumer<String, String> output, Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(SOON)
                .pollInSameThread()
                .until(
                        () -> {
                            poll(output);
                            return condition.call();
                        });
    }

    private void poll(KafkaConsumer<String, String> output) {
        output.poll(Duration.ofMillis(100))
                .forEach(
                        record ->
                                (record.topic().equals("copied") ? copied : counted)
                                        .add(record.value()));
    }

    /** Orders with the ids from {@code from} to before {@code to}, ten a second of their time. */
    private static List<String> produce(KafkaProducer<String, String> producer, int from, int to) {
        for (int id = from; id < to; id++) {
            send(
                    producer,
                    id % PARTITIONS,
                    id,
                    "2026-01-01 %02d:%02d:%02d.%d00"
                            .formatted(id / 36_000, id / 600 % 60, id / 10 % 60, id % 10));
        }
        producer.flush();
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }

    private static void send(
            KafkaProducer<String, String> producer, int partition, int id, String placed) {
        producer.send(
                new ProducerRecord<>(
                        "orders",
                        partition,
                        null,
                        "{\"id\":%d,\"placed\":\"%s\"}".formatted(id, placed)));
    }

    private static void isOfItsPartition(String row) {
        assertThat(Integer.parseInt(value(row, "partition")))
                .isEqualTo(Integer.parseInt(value(row, "id")) % PARTITIONS);
    }

    private static List<String> ids(List<String> rows) {
        return rows.stream().map(row -> value(row, "id")).toList();
    }

    private static int rows(List<String> windows) {
        return windows.stream().mapToInt(row -> Integer.parseInt(value(row, "orders"))).sum();
    }

    private static String value(String row, String column) {
        return Pattern.compile("\"" + column + "\":(\\d+)")
                .matcher(row)
                .results()
                .map((MatchResult found) -> found.group(1))
                .findFirst()
                .orElseThrow();
    }

    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer());
    }

    private static KafkaConsumer<String, String> output(EmbeddedKafka kafka) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                new StringDeserializer(),
                new StringDeserializer());
    }
}
