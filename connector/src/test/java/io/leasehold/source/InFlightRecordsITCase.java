package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.testkit.EmbeddedKafka;
import io.leasehold.testkit.SeverableStore;

import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A job with a shuffle and back-pressure is killed for good after a checkpoint has completed and
 * before its sink has heard of that. Another job takes over.
 */
@Timeout(300)
class InFlightRecordsITCase {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Duration TRANSACTIONS = Duration.ofSeconds(10);
    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(3));

    /** More than a slow job takes between two looks at it, so that its input never runs dry. */
    private static final int RECORDS_PER_LOOK = 300;

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    /** Makes a record so large that a network buffer has room for few. */
    private static final String PADDING = "-".repeat(1_000);

    private static final Map<String, String> UNALIGNED_ALWAYS =
            Map.of(CheckpointingOptions.ENABLE_UNALIGNED.key(), "true");

    private final List<String> written = new ArrayList<>();
    private final List<String> delivered = new ArrayList<>();

    /** How it takes checkpoints, when it records positions, and what its sink promises. */
    private enum Job {
        ALIGNED(ProgressRecording.ONE_BEHIND, DeliveryGuarantee.EXACTLY_ONCE, Map.of()),
        ALIGNED_AND_RECORDED_AT_ONCE(
                ProgressRecording.AT_ONCE, DeliveryGuarantee.AT_LEAST_ONCE, Map.of()),
        UNALIGNED(ProgressRecording.ONE_BEHIND, DeliveryGuarantee.EXACTLY_ONCE, UNALIGNED_ALWAYS),
        UNALIGNED_AFTER_A_TIMEOUT(
                ProgressRecording.ONE_BEHIND,
                DeliveryGuarantee.EXACTLY_ONCE,
                Map.of(
                        CheckpointingOptions.ENABLE_UNALIGNED.key(),
                        "true",
                        CheckpointingOptions.ALIGNED_CHECKPOINT_TIMEOUT.key(),
                        "20 ms")),
        /** Its sink has written out, at each checkpoint, all that has come to it. */
        UNALIGNED_AND_RECORDED_AT_ONCE(
                ProgressRecording.AT_ONCE, DeliveryGuarantee.AT_LEAST_ONCE, UNALIGNED_ALWAYS);

        private final ProgressRecording progress;
        private final DeliveryGuarantee guarantee;

        private final Map<String, String> checkpoints;

        Job(
                ProgressRecording progress,
                DeliveryGuarantee guarantee,
                Map<String, String> checkpoints) {
            this.progress = progress;
            this.guarantee = guarantee;
            this.checkpoints = checkpoints;
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "ALIGNED.*")
    void withAlignedCheckpointsNoRecordIsMissing(Job job) throws Exception {
        assertThat(missingAfterATakeover(job)).isEmpty();
    }

    /** Why unaligned checkpoints are refused; where the loss is accepted, it happens. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "UNALIGNED.*")
    void withUnalignedCheckpointsRecordsInFlightAreLost(Job job) throws Exception {
        assertThat(missingAfterATakeover(job)).isNotEmpty();
    }

    @SuppressWarnings("try") // One cluster is closed early, on purpose.
    private Set<String> missingAfterATakeover(Job job) throws Exception {
        LeaseStoreFactory store = KafkaJobs.database();
        SeverableStore bluesWay = new SeverableStore(store);
        try (EmbeddedKafka kafka =
                        EmbeddedKafka.start(
                                Map.of(
                                        "transaction.abort.timed.out.transaction.cleanup.interval.ms",
                                        "1000"));
                MiniCluster blue = cluster();
                MiniCluster green = cluster();
                KafkaProducer<String, String> producer = KafkaJobs.producer(kafka);
                KafkaConsumer<String, String> output = KafkaJobs.committedOutput(kafka);
                LeaseStore table = store.open(Duration.ofSeconds(5))) {
            output.assign(List.of(new TopicPartition(KafkaJobs.OUT, 0)));
            produce(producer, 10 * RECORDS_PER_LOOK);
            SlowThenStuck stuck = SlowThenStuck.named(bluesWay.toString());
            blue.submitJob(job(kafka, "blue", bluesWay, job, stuck)).get();
            produceUntil(producer, () -> recorded(table) > 0);

            stuck.atTheNextCheckpoint();
            produceUntil(producer, () -> stuck.checkpoint() > 0);
            long last = stuck.checkpoint();
            long expected = job.progress == ProgressRecording.AT_ONCE ? last : last - 1;
            Awaitility.await().atMost(SOON).until(() -> recorded(table) >= expected);
            bluesWay.sever();
            blue.close();

            green.submitJob(job(kafka, "green", store, job, SlowThenStuck.none())).get();
            // Order is kept within a partition: behind these nothing of before is to come.
            List<String> markers = produce(producer, KafkaJobs.PARTITIONS);
            await(output, markers);
            Set<String> missing = new HashSet<>(written);
            delivered.forEach(missing::remove);
            return missing;
        }
    }

    private static MiniCluster cluster() throws Exception {
        Configuration settings = new Configuration();
        settings.set(TaskManagerOptions.MEMORY_SEGMENT_SIZE, new MemorySize(4096));
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(settings)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(2)
                                .withRandomPorts()
                                .build());
        cluster.start();
        return cluster;
    }

    private static JobGraph job(
            EmbeddedKafka kafka,
            String memberId,
            LeaseStoreFactory store,
            Job job,
            SlowThenStuck behindTheShuffle) {
        Configuration settings = LeasedJobs.settings(0);
        settings.addAll(Configuration.fromMap(job.checkpoints));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        LeasedSource<String, ?, ?> source =
                LeasedSource.wrap(
                                KafkaSource.<String>builder()
                                        .setBootstrapServers(kafka.bootstrapServers())
                                        .setTopics(KafkaJobs.IN)
                                        .setStartingOffsets(OffsetsInitializer.earliest())
                                        .setValueOnlyDeserializer(new SimpleStringSchema())
                                        .build())
                        .group(KafkaJobs.GROUP)
                        .memberId(memberId)
                        .store(store)
                        .terms(TERMS)
                        .progress(job.progress)
                        .unalignedCheckpoints(UnalignedCheckpoints.LOSE_RECORDS)
                        .build();
        LeasedJobs.stream(env, source, 1)
                .rebalance()
                .map(behindTheShuffle)
                .setParallelism(1)
                .sinkTo(
                        KafkaSink.<String>builder()
                                .setBootstrapServers(kafka.bootstrapServers())
                                .setDeliveryGuarantee(job.guarantee)
                                .setTransactionalIdPrefix("orders-" + memberId)
                                .setProperty(
                                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                                        String.valueOf(TRANSACTIONS.toMillis()))
                                .setRecordSerializer(
                                        KafkaRecordSerializationSchema.<String>builder()
                                                .setTopic(KafkaJobs.OUT)
                                                .setValueSerializationSchema(
                                                        new SimpleStringSchema())
                                                .build())
                                .build())
                .setParallelism(1);
        return env.getStreamGraph().getJobGraph();
    }

    /** The newest checkpoint of which the table has a position; 0 if it has none. */
    private static long recorded(LeaseStore table) {
        return IntStream.range(0, KafkaJobs.PARTITIONS)
                .mapToObj(i -> new SplitRequest.Locate(KafkaJobs.GROUP, KafkaJobs.IN + "-" + i))
                .flatMap(split -> ScriptedRows.applied(table.ask(split)).stream())
                .mapToLong(Progress::checkpointId)
                .max()
                .orElse(0);
    }

    /** There are records in flight only while the job has more input than it can take. */
    private void produceUntil(KafkaProducer<String, String> producer, Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(SOON)
                .pollInterval(BETWEEN_LOOKS)
                .pollInSameThread()
                .until(
                        () -> {
                            produce(producer, RECORDS_PER_LOOK);
                            return condition.call();
                        });
    }

    /** Spread over the partitions in turn. */
    private List<String> produce(KafkaProducer<String, String> producer, int count) {
        int from = written.size();
        List<String> records =
                IntStream.range(from, from + count).mapToObj(i -> "record-" + i + PADDING).toList();
        for (int i = 0; i < count; i++) {
            int partition = (from + i) % KafkaJobs.PARTITIONS;
            producer.send(new ProducerRecord<>(KafkaJobs.IN, partition, null, records.get(i)));
        }
        producer.flush();
        written.addAll(records);
        return records;
    }

    private void await(KafkaConsumer<String, String> output, List<String> expected) {
        Awaitility.await()
                .atMost(SOON)
                .pollInSameThread()
                .until(
                        () -> {
                            output.poll(Duration.ofMillis(200))
                                    .forEach(record -> delivered.add(record.value()));
                            return delivered.containsAll(expected);
                        });
    }

    /**
     * Takes its time for each record, so that the channel before it is full, and from a checkpoint
     * on takes none any more: its task acknowledges that checkpoint, and does not hear that it is
     * complete.
     */
    private static final class SlowThenStuck
            implements MapFunction<String, String>, CheckpointedFunction {

        private static final long serialVersionUID = 1L;
        private static final long EACH = Duration.ofMillis(5).toNanos();
        private static final Map<String, SlowThenStuck> NAMED = new ConcurrentHashMap<>();

        private final String name;
        private final boolean slow;

        private transient volatile boolean armed;
        private transient volatile long stuckAt;

        private SlowThenStuck(String name, boolean slow) {
            this.name = name;
            this.slow = slow;
        }

        static SlowThenStuck named(String name) {
            SlowThenStuck stuck = new SlowThenStuck(name, true);
            NAMED.put(name, stuck);
            return stuck;
        }

        static SlowThenStuck none() {
            return new SlowThenStuck("", false);
        }

        void atTheNextCheckpoint() {
            armed = true;
        }

        /** The checkpoint since which it takes no record; 0 if it takes them still. */
        long checkpoint() {
            return stuckAt;
        }

        @Override
        public String map(String record) throws InterruptedException {
            if (slow) {
                LockSupport.parkNanos(EACH);
                if (NAMED.get(name).stuckAt > 0) {
                    // Until the task is cancelled.
                    new CountDownLatch(1).await();
                }
            }
            return record;
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) {
            if (slow) {
                SlowThenStuck seen = NAMED.get(name);
                if (seen.armed && seen.stuckAt == 0) {
                    seen.stuckAt = context.getCheckpointId();
                }
            }
        }

        @Override
        public void initializeState(FunctionInitializationContext context) {}
    }
}
