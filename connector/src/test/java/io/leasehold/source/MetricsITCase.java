package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.EmbeddedKafka;
import io.leasehold.testkit.SeverableStore;
import io.leasehold.testkit.queue.MemoryQueue;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** What a reporter gets to see of jobs on a MiniCluster. */
@Timeout(180)
class MetricsITCase {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SPLITS = 6;

    /** Of what is registered at the time. */
    private static final InMemoryReporter REPORTER = InMemoryReporter.create();

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setConfiguration(REPORTER.addToConfiguration(new Configuration()))
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(4)
                            .build());

    private final String name = "queue-" + UUID.randomUUID();
    private final SeverableStore store = new SeverableStore(MemoryLeaseStore.named(name));

    private final List<JobClient> jobs = new ArrayList<>();

    @AfterEach
    void cancel() throws Exception {
        store.mend();
        for (JobClient job : jobs) {
            job.cancel().get();
        }
        jobs.clear();
    }

    @Test
    void leasesAndTheirMovesAreReported() throws Exception {
        fill();
        JobClient blue = start("blue", memoryQueue(), 0);
        await(() -> sum(blue, "leasesHeld") == SPLITS && sum(blue, "splitsRead") == SPLITS);
        assertThat(sum(blue, "acquires")).isEqualTo(SPLITS);
        assertThat(sum(blue, "leasesWanted")).isEqualTo(SPLITS);
        assertThat(sum(blue, "membersAlive")).isEqualTo(1);
        await(() -> sum(blue, "remainingGrant") > 0);

        JobClient green = start("green", memoryQueue(), 0);
        await(() -> sum(green, "splitsRead") == SPLITS / 2);
        await(() -> sum(blue, "handoffsGiven") == SPLITS / 2);
        await(() -> sum(blue, "splitsFrozen") == 0);
        assertThat(sum(green, "handoffsReceived")).isEqualTo(SPLITS / 2);
        assertThat(sum(green, "takeovers")).isZero();
        assertThat(sum(blue, "leasesHeld")).isEqualTo(SPLITS / 2);
        assertThat(sum(blue, "splitsRead")).isEqualTo(SPLITS / 2);
        assertThat(sum(blue, "membersAlive")).isEqualTo(2);
        assertThat(sum(blue, "losses")).isZero();
    }

    @Test
    void anOutageOfTheStoreIsReportedAsAPause() throws Exception {
        fill();
        JobClient blue = start("blue", memoryQueue(), 0);
        await(() -> sum(blue, "splitsRead") == SPLITS && sum(blue, "remainingGrant") > 0);
        assertThat(sum(blue, "storeErrors")).isZero();
        long paused = sum(blue, "accumulatedPausedTimeMs");

        store.sever();
        await(() -> sum(blue, "accumulatedPausedTimeMs") > paused + 500);
        await(() -> sum(blue, "remainingValidity") == 0);
        await(() -> sum(blue, "renewalAge") > TERMS.duration().toMillis());
        assertThat(sum(blue, "storeErrors")).isPositive();
        assertThat(sum(blue, "unknownOutcomes")).isPositive();
        await(() -> sum(blue, "pausedTimeMsPerSecond") > 0);

        store.mend();
        await(() -> sum(blue, "remainingGrant") > 0);
        await(() -> sum(blue, "remainingValidity") > 0);
        await(() -> sum(blue, "renewalAge") < TERMS.duration().toMillis());
    }

    /** Flink keeps the group of an enumerator, and with it what the former one had in it. */
    @Test
    void afterTheWholeJobHasRestartedItsNewEnumeratorIsReported() throws Exception {
        fill();
        LeaseStore table = store.open(Duration.ofSeconds(1));
        JobClient blue = start("blue", memoryQueue(), 10);
        await(() -> sum(blue, "splitsRead") == SPLITS);

        ScriptedRows.close(table, name, "blue");

        await(() -> sum(blue, "acquires") == 2 * SPLITS && sum(blue, "splitsRead") == SPLITS);
        assertThat(sum(blue, "losses")).isEqualTo(SPLITS);
        assertThat(sum(blue, "leasesHeld")).isEqualTo(SPLITS);
        // One that is over would have none.
        await(() -> sum(blue, "remainingValidity") > 0);
        assertThat(reported(blue, "leasesHeld")).hasSize(1);
    }

    /** A handoff replaces the wrapped reader. */
    @Test
    void whatAWrappedKafkaReaderReportsIsOfTheReaderThereIs() throws Exception {
        int partitions = 4;
        int records = 50;
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                KafkaProducer<String, String> producer =
                        new KafkaProducer<>(
                                Map.of(
                                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                        kafka.bootstrapServers()),
                                new StringSerializer(),
                                new StringSerializer())) {
            kafka.createTopic("in", partitions);
            produce(producer, partitions, records);
            JobClient blue = start("blue", kafkaSource(kafka), 0);
            await(() -> numRecordsIn(blue) == (long) partitions * records);
            await(() -> offsets(blue).equals(each(partitions, records - 1)));

            JobClient green = start("green", kafkaSource(kafka), 0);
            await(() -> sum(blue, "handoffsGiven") == partitions / 2);
            await(() -> offsets(blue).size() == partitions / 2);
            produce(producer, partitions, records);

            await(() -> offsets(blue).equals(each(partitions / 2, 2 * records - 1)));
            await(() -> offsets(green).equals(each(partitions / 2, 2 * records - 1)));
            assertThat(numRecordsIn(blue)).isEqualTo((partitions + partitions / 2) * records);
            assertThat(numRecordsIn(green)).isEqualTo(partitions / 2 * records);
            await(() -> values(found(blue, "\\.pendingRecords$").values()).equals(each(1, 0)));
            cancel();
        }
    }

    // ---------------------------------------------------------------------------------- pieces

    private void fill() {
        MemoryQueue queue = MemoryQueue.named(name);
        for (int split = 0; split < SPLITS; split++) {
            queue.addSplit("split-" + split);
            queue.append("split-" + split, List.of("a record"));
        }
    }

    private Source<String, ?, ?> memoryQueue() {
        return new MemoryQueueSource(name, Boundedness.CONTINUOUS_UNBOUNDED);
    }

    private static Source<String, ?, ?> kafkaSource(EmbeddedKafka kafka) {
        return KafkaSource.<String>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setTopics("in")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setValueOnlyDeserializer(new SimpleStringSchema())
                .build();
    }

    private static void produce(
            KafkaProducer<String, String> producer, int partitions, int records) {
        for (int i = 0; i < partitions * records; i++) {
            producer.send(new ProducerRecord<>("in", i % partitions, null, "record"));
        }
        producer.flush();
    }

    private JobClient start(String memberId, Source<String, ?, ?> queue, int restarts)
            throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(LeasedJobs.settings(restarts));
        LeasedSource<String, ?, ?> source =
                LeasedSource.wrap(queue)
                        .splitIds(SplitIds.STABLE)
                        .group(name)
                        .memberId(memberId)
                        .store(store)
                        .terms(TERMS)
                        .build();
        LeasedJobs.stream(env, source, 1).sinkTo(new DiscardingSink<>()).setParallelism(1);
        JobClient job = env.executeAsync();
        jobs.add(job);
        return job;
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(SOON).until(condition);
    }

    private static Map<String, Metric> found(JobClient job, String pattern) {
        JobID id = job.getJobID();
        return REPORTER.findMetrics(id, pattern);
    }

    private static Collection<Metric> reported(JobClient job, String leasehold) {
        return found(job, "\\.leasehold\\." + leasehold + "$").values();
    }

    /** Over all subtasks, of which there is one, and all enumerators, too. */
    private static long sum(JobClient job, String leasehold) {
        return values(reported(job, leasehold)).stream().mapToLong(Long::longValue).sum();
    }

    private static List<Long> values(Collection<Metric> metrics) {
        return metrics.stream().map(MetricsITCase::value).toList();
    }

    private static long value(Metric metric) {
        return metric instanceof Counter counter
                ? counter.getCount()
                : ((Number) ((Gauge<?>) metric).getValue()).longValue();
    }

    private static List<Long> offsets(JobClient job) {
        return values(
                found(job, "\\.KafkaSourceReader\\.topic\\.in\\.partition\\.\\d\\.currentOffset$")
                        .values());
    }

    private static List<Long> each(int count, long value) {
        return IntStream.range(0, count).mapToObj(i -> value).toList();
    }

    private static long numRecordsIn(JobClient job) {
        return REPORTER.findOperatorMetricGroups(job.getJobID(), "leased").stream()
                .mapToLong(group -> group.getIOMetricGroup().getNumRecordsInCounter().getCount())
                .sum();
    }
}
